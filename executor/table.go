package executor

import "regexp"

// Runtimes is the table. To add a language is to add a row.
var Runtimes = []Runtime{
	{
		Name: "python", Aliases: []string{"py", "python3"},
		Binaries: []string{"/usr/bin/python3", "/usr/bin/python3.[0-9]", "/usr/bin/python3.[0-9][0-9]"},
		Source:   "main.py",
		Run:      []string{"{binary}", "{file}"},
		Memory:   regexp.MustCompile(`(?m)^([\w.]+\.)?_?\w*MemoryError\b.*$`),
		Data:     1 << 30, Weight: 1,
		Hello: `print("hello")`,
	},
	{
		Name: "javascript", Aliases: []string{"js", "node", "nodejs"},
		Binaries: []string{"/usr/bin/node", "/usr/local/bin/node"},
		Source:   "main.js",
		Run:      []string{"{binary}", "{file}"},
		Memory:   regexp.MustCompile(`JavaScript heap out of memory|Array buffer allocation failed|ERR_MEMORY_ALLOCATION_FAILED|ERR_WORKER_OUT_OF_MEMORY`),
		Data:     4 << 30, Weight: 1,
		Hello: `console.log("hello")`,
	},
	{
		Name: "bash", Aliases: []string{"sh", "shell"},
		Binaries: []string{"/usr/bin/bash", "/bin/bash"},
		Source:   "main.sh",
		Run:      []string{"{binary}", "{file}"},
		Memory:   regexp.MustCompile(`xrealloc: cannot allocate|xmalloc: cannot allocate|[Cc]annot allocate memory`),
		Data:     256 << 20, Weight: 1,
		Hello: `echo hello`,
	},
	{
		Name: "c", Aliases: []string{"gcc"},
		Binaries: []string{"/usr/bin/gcc"},
		Source:   "main.c",
		Compile:  [][]string{{"{binary}", "-std=gnu17", "-O2", "-Wall", "-o", "{out}/main", "{files}", "-lm"}},
		Run:      []string{"{out}/main"},
		Memory:   regexp.MustCompile(`[Cc]annot allocate memory|[Oo]ut of memory`),
		Data:     1 << 30, Weight: 1,
		Hello: "#include <stdio.h>\nint main(void) { puts(\"hello\"); }",
	},
}
