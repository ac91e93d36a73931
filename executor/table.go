package executor

import (
	_ "embed" // of what is prepared
	"regexp"
)

// libcMemory are the C library's words, which many runtimes pass on.
const libcMemory = `[Cc]annot allocate memory|[Oo]ut of memory`

const (
	mib = 1 << 20
	gib = 1 << 30
)

// Runtimes is the table. To add a language is to add a row; CONTRIBUTING.md shows
// it done.
var Runtimes = []Runtime{
	{
		Name: "python", Aliases: []string{"py", "python3"},
		Binaries: []string{"/usr/bin/python3", "/usr/bin/python3.[0-9]", "/usr/bin/python3.[0-9][0-9]"},
		Source:   "main.py",
		Run:      []string{"{binary}", "{file}"},
		Reads:    []string{"/etc/matplotlibrc", "/etc/fonts"},
		Memory:   regexp.MustCompile(`(?m)^([\w.]+\.)?_?\w*MemoryError\b.*$`),
		Data:     gib, Weight: 1,
		Hello: `print("hello")`,
	},
	{
		Name: "javascript", Aliases: []string{"js", "node", "nodejs"},
		Binaries: []string{"/usr/bin/node", "/usr/local/bin/node"},
		Source:   "main.js",
		Run:      []string{"{binary}", "--max-old-space-size={heap_mib}", "{file}"},
		Memory:   nodeWords,
		Data:     4 * gib, Overhead: 88, MinMemory: 64, Weight: 1,
		Hello: `console.log("hello")`,
	},
	{
		// esbuild takes the types away and puts the files together; it does not
		// check the types. What it makes is a module, which may wait at its top
		// level, with what scripts expect to be there as well: as globals, which a
		// program's own names may hide.
		Name: "typescript", Aliases: []string{"ts"},
		Binaries: []string{"/usr/bin/esbuild"}, Needs: []string{"/usr/bin/node"},
		Source: "main.ts",
		Compile: [][]string{{
			"{binary}", "{file}", "--bundle", "--platform=node", "--format=esm", "--target=node18", "--outfile={out}/main.mjs", "--sourcemap=inline", "--source-root=/",
			"--log-level=warning", "--color=false", "--log-limit=0", "--charset=utf8", "--define:require.main=module",
			`--banner:js=import{createRequire as __createRequire}from"node:module";import{fileURLToPath as __fileURLToPath}from"node:url";` +
				`Object.assign(globalThis,{__dirname:globalThis.process.cwd(),__filename:__fileURLToPath(import.meta.url),` +
				`require:__createRequire(globalThis.process.cwd()+"/main.ts"),module:{exports:{}}}).exports=globalThis.module.exports;`,
		}},
		Run:    []string{"/usr/bin/node", "--max-old-space-size={heap_mib}", "--enable-source-maps", "{out}/main.mjs"},
		Memory: nodeWords,
		Data:   4 * gib, Overhead: 88, MinMemory: 64, Weight: 1,
		Hello: `const word: string = "hello"; console.log(word)`,
	},
	{
		Name: "bash", Aliases: []string{"sh", "shell"},
		Binaries: []string{"/usr/bin/bash", "/bin/bash"},
		Source:   "main.sh",
		Run:      []string{"{binary}", "{file}"},
		Memory:   regexp.MustCompile(`xrealloc: cannot allocate|xmalloc: cannot allocate|[Cc]annot allocate memory`),
		Data:     256 * mib, Weight: 1,
		Hello: `echo hello`,
	},
	{
		Name: "c", Aliases: []string{"gcc"},
		Binaries: []string{"/usr/bin/gcc", "/usr/bin/gcc-[0-9]", "/usr/bin/gcc-[0-9][0-9]"},
		Source:   "main.c",
		Compile:  [][]string{{"{binary}", "-std=gnu17", "-O2", "-Wall", "-pipe", "-iquote", ".", "-idirafter", ".", "-o", "{out}/main", "{files}", "-lm"}},
		Run:      []string{"{out}/main"},
		Memory:   regexp.MustCompile(libcMemory),
		Data:     512 * mib, Weight: 1,
		Hello: "#include <stdio.h>\nint main(void) { puts(\"hello\"); }\n",
	},
	{
		// The headers that programs begin with are compiled once. The compiler uses
		// what it finds there only if the flags are the same, and if it is what the
		// program includes first.
		Name: "cpp", Aliases: []string{"c++", "cxx", "g++"},
		Binaries: []string{"/usr/bin/g++", "/usr/bin/g++-[0-9]", "/usr/bin/g++-[0-9][0-9]"},
		Source:   "main.cpp", Extensions: []string{".cpp", ".cc", ".cxx", ".c++"},
		Prepare: []Prepare{{
			Files: []File{{"all.hpp", "#include <bits/stdc++.h>\n"}, {"iostream.hpp", "#include <iostream>\n"}},
			Commands: [][]string{
				{"/bin/mkdir", "{out}/bits"},
				cppCommand("-x", "c++-header", "-o", "{out}/bits/stdc++.h.gch", "{file}"),
				cppCommand("-x", "c++-header", "-o", "{out}/iostream.gch", "{others}"),
			},
		}},
		Compile: [][]string{cppCommand("-I{prepared}", "-iquote", ".", "-idirafter", ".", "-o", "{out}/main", "{files}")},
		Run:     []string{"{out}/main"},
		Memory:  regexp.MustCompile(`(?m)^terminate called after throwing an instance of 'std::bad_(alloc|array_new_length)'$|` + libcMemory),
		Data:    512 * mib, Weight: 1,
		Hello: "#include <iostream>\nint main() { std::cout << \"hello\\n\"; }\n",
	},
	{
		// Our own driver of the compiler lets a file hold a public class of any
		// name, and finds the class to start. It is compiled once, and then what it
		// loads is laid out for the next time (class data sharing), which needs to
		// know where the driver will be.
		Name:     "java",
		Binaries: []string{"/usr/bin/java", "/usr/lib/jvm/*/bin/java"}, Needs: []string{"/usr/bin/javac", "/usr/bin/jar"},
		Source: "Main.java",
		Prepare: []Prepare{
			{
				Files: []File{{"Compile.java", javaCompile}},
				Commands: [][]string{
					{"/usr/bin/javac", "-d", "classes", "{file}"},
					{"/usr/bin/jar", "--create", "--file", "{out}/compile.jar", "-C", "classes", "."},
				},
			},
			{
				Files: []File{{"Compile.java", javaCompile}},
				Commands: [][]string{
					javaCommand("{binary}", "-XX:TieredStopAtLevel=1", "-XX:ArchiveClassesAtExit={out}/compile.jsa", "-cp", "{prepared}/compile.jar", "Compile", ".", "{file}"),
					{"/bin/sh", "-c", `echo "-cp $1/compile.jar" > "$0/args"`, "{out}", "{prepared}"},
				},
			},
		},
		Compile: [][]string{javaCommand("{binary}", "-XX:TieredStopAtLevel=1", "-Xss8m", "-Xmx{heap_mib}m", "-XX:SharedArchiveFile={prepared}/compile.jsa", "@{prepared}/args", "Compile", "{out}", "{files}")},
		Run:     javaCommand("{binary}", "-Xss8m", "-Xmx{heap_mib}m", "-XX:ActiveProcessorCount=4", "-cp", "{out}:.", "@{out}/main.args"),
		Reads:   []string{"/etc/java-*"},
		// A thread that cannot be made is not among these words: that is another limit.
		Memory: regexp.MustCompile(`java\.lang\.OutOfMemoryError(: (Java heap space|Metaspace|Compressed class space|Requested array size|Cannot reserve \d+ bytes|GC overhead)| thrown)` +
			`|os::commit_memory\(.*error='Not enough space'|insufficient memory for the Java Runtime`),
		Data: 2 * gib, Overhead: 64, MinMemory: 64, Weight: 1,
		Hello: "class Hello { public static void main(String[] args) { System.out.println(\"hello\"); } }\n",
	},
	{
		Name: "csharp", Aliases: []string{"c#", "cs", "mono"},
		Binaries: []string{"/usr/bin/mono"}, Needs: []string{"/usr/bin/mcs"},
		Source:     "main.cs",
		Compile:    [][]string{{"/usr/bin/mcs", "-nologo", "-debug", "-langversion:latest", "-r:System.Numerics", "-out:{out}/main.exe", "{files}"}},
		CompileEnv: map[string]string{"MONO_DISABLE_SHARED_AREA": "1"},
		Run:        []string{"{binary}", "--debug", "{out}/main.exe"},
		Env:        map[string]string{"MONO_DISABLE_SHARED_AREA": "1"},
		Reads:      []string{"/etc/mono"},
		Memory:     regexp.MustCompile(`(?m)^(\[ERROR\] FATAL UNHANDLED EXCEPTION: )?System\.OutOfMemoryException: |^Error: Garbage collector could not allocate \d+ bytes of memory`),
		Data:       gib, Weight: 1,
		Hello: "class Hello { static void Main() { System.Console.WriteLine(\"hello\"); } }\n",
	},
	{
		Name: "go", Aliases: []string{"golang"},
		Binaries: []string{"/usr/local/go/bin/go", "/usr/lib/go-*/bin/go"},
		Version:  []string{"version"},
		Source:   "main.go",
		// The standard library is compiled once, for all to read.
		Prepare: []Prepare{
			{Files: goFiles, Commands: [][]string{{"/bin/sh", "go.sh", "cache", "{binary}", "{out}"}}},
			{Files: goFiles, Commands: [][]string{{"/bin/sh", "go.sh", "list", "{binary}", "{prepared}", "{out}"}}},
		},
		Compile: [][]string{{"/bin/sh", "{prepared}/go.sh", "build", "{binary}", "{prepared}", "{out}/main", "{dir}", "{files}"}},
		CompileEnv: map[string]string{
			"GOPROXY": "off", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0",
			"GOMAXPROCS": "4",          // or it starts a compiler for each processor of the machine, and each has threads
			"HOME":       "/proc/none", // or it makes files for telemetry there
		},
		Run:    []string{"{out}/main"},
		Env:    map[string]string{"GOMEMLIMIT": "{heap_mib}MiB"},
		Memory: regexp.MustCompile(`(?m)^fatal error: (runtime: )?(out of memory|cannot allocate memory)`),
		Data:   512 * mib, Overhead: 48, MinMemory: 64, Weight: 1,
		Hello: "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n",
	},
	{
		Name: "rust", Aliases: []string{"rs"},
		Binaries: []string{"/usr/bin/rustc"}, Needs: []string{"/usr/bin/gcc"},
		Source: "main.rs",
		Compile: [][]string{{
			"{binary}", "--edition", "2021", "--crate-name", "main", "-O", "-C", "strip=debuginfo", "-C", "linker=/usr/bin/gcc", "--color=never",
			"-o", "{out}/main", "{file}",
		}},
		Run:    []string{"{out}/main"},
		Memory: regexp.MustCompile(`(?m)^memory allocation of \d+ bytes failed$`),
		Data:   512 * mib, Weight: 1,
		Hello: "fn main() { println!(\"hello\"); }\n",
	},
	{
		Name: "ruby", Aliases: []string{"rb"},
		Binaries: []string{"/usr/bin/ruby"},
		Source:   "main.rb",
		Run:      []string{"{binary}", "{file}"},
		Memory:   regexp.MustCompile(`(?m)failed to allocate memory \(NoMemoryError\)$`),
		Data:     gib, Weight: 1,
		Hello: `puts "hello"`,
	},
	{
		Name:     "php",
		Binaries: []string{"/usr/bin/php"},
		Source:   "main.php",
		Run: []string{
			"{binary}", "-d", "display_errors=stderr", "-d", "log_errors=0", "-d", "error_reporting=E_ALL", "-d", "zend.assertions=1",
			"-d", "memory_limit={heap_mib}M", "{file}",
		},
		Reads:  []string{"/etc/php"},
		Memory: regexp.MustCompile(`(?m)^(PHP )?Fatal error:\s+Allowed memory size of \d+ bytes exhausted|^Out of memory|^mmap\(\) failed: \[12\]`),
		Data:   gib, Overhead: 24, Weight: 1,
		Hello: `<?php echo "hello\n";`,
	},
	{
		Name: "perl", Aliases: []string{"pl"},
		// Debian has a perl without most of its modules on every machine; this comes with them.
		Needs:    []string{"/usr/bin/json_pp"},
		Binaries: []string{"/usr/bin/perl"},
		Source:   "main.pl",
		Run:      []string{"{binary}", "{file}"},
		Reads:    []string{"/etc/perl"},
		Memory:   regexp.MustCompile(`(?m)^Out of memory!`),
		Data:     gib, Weight: 1,
		Hello: `print "hello\n";`,
	},
	{
		Name:     "lua",
		Binaries: []string{"/usr/bin/lua5.[0-9]"},
		Version:  []string{"-v"},
		Source:   "main.lua",
		Run:      []string{"{binary}", "{file}"},
		Memory:   regexp.MustCompile(`(?m)^lua[\d.]*: not enough memory$`),
		Data:     16 * mib, Weight: 1,
		Hello: `print("hello")`,
	},
	{
		Name: "r", Aliases: []string{"rscript"},
		Binaries: []string{"/usr/bin/Rscript"},
		Source:   "main.R",
		Run:      []string{"{binary}", "--vanilla", "{file}"},
		Env:      map[string]string{"TZ": "UTC"}, // or it asks a service that is not there
		Reads:    []string{"/etc/R", "/etc/fonts"},
		Memory:   regexp.MustCompile(`(?m)^Error: (cannot allocate vector of size|vector memory exhausted|cannot allocate memory)`),
		Data:     512 * mib, MinMemory: 64, Weight: 1,
		Hello: `cat("hello\n")`,
	},
	{
		Name: "haskell", Aliases: []string{"hs", "ghc"},
		Binaries: []string{"/usr/bin/ghc"},
		Version:  []string{"--numeric-version"},
		Source:   "main.hs",
		Compile:  [][]string{{"{binary}", "-v0", "-O", "-threaded", "-rtsopts=ignoreAll", "-outputdir", ".ghc", "-i{dir}", "-o", "{out}/main", "{file}"}},
		Run:      []string{"{out}/main"},
		Reads:    []string{"/var/lib/ghc"},
		Memory:   regexp.MustCompile(`(?m)^main: (Heap exhausted;|internal error: Unable to commit \d+ bytes of memory)`),
		Data:     gib, Weight: 1,
		Hello: "main :: IO ()\nmain = putStrLn \"hello\"\n",
	},
	{
		Name: "ocaml", Aliases: []string{"ml"},
		Binaries: []string{"/usr/bin/ocamlopt"}, Needs: []string{"/usr/bin/ocamldep"},
		Version:    []string{"-version"},
		Source:     "main.ml",
		Extensions: []string{".mli"},
		// Modules must come before those that use them, and are looked for in each
		// directory that has some.
		Compile: [][]string{{
			"/bin/sh", "-c", `out=$1; shift; in=$(for f; do case $f in */*) echo "-I ${f%/*}" ;; esac; done | sort -u); ` +
				`exec "$0" -g -I +threads $in unix.cmxa threads.cmxa str.cmxa -o "$out" $(ocamldep $in -sort "$@")`,
			"{binary}", "{out}/main", "{files}",
		}},
		Run:    []string{"{out}/main"},
		Env:    map[string]string{"OCAMLRUNPARAM": "b"},
		Memory: regexp.MustCompile(`(?m)^Fatal error: (exception Out of memory|out of memory|not enough memory)`),
		Data:   512 * mib, Weight: 1,
		Hello: "let () = print_endline \"hello\"\n",
	},
	{
		Name: "fortran", Aliases: []string{"f90", "gfortran"},
		Binaries: []string{"/usr/bin/gfortran", "/usr/bin/gfortran-[0-9]", "/usr/bin/gfortran-[0-9][0-9]"},
		Source:   "main.f90",
		// Modules come before what uses them.
		Compile: [][]string{{
			"{binary}", "-O2", "-g", "-Wall", "-fcheck=bounds,do,mem,pointer", "-ffpe-summary=none", "-o", "{out}/main", "{others}", "{file}",
		}},
		Run:    []string{"{out}/main"},
		Memory: regexp.MustCompile(`(?m)^In file '.*', around line \d+: Error allocating \d+ bytes|^Operating system error: Cannot allocate memory$`),
		Data:   512 * mib, Weight: 1,
		Hello: "print '(a)', 'hello'\nend\n",
	},
	{
		Name: "pascal", Aliases: []string{"fpc", "pas"},
		Binaries: []string{"/usr/bin/fpc"},
		Version:  []string{"-iV"},
		Source:   "main.pas",
		Compile:  [][]string{{"{binary}", "-l-", "-O2", "-gl", "-Sgic", "-vwn", "-FU.", "-o{out}/main", "{file}"}},
		Run:      []string{"{out}/main"},
		Reads:    []string{"/etc/fpc*"},
		Memory:   regexp.MustCompile(`(?m)^EOutOfMemory: |^Runtime error 203 at `),
		Data:     512 * mib, Weight: 1,
		Hello: "begin\n  writeln('hello');\nend.\n",
	},
	{
		Name: "awk", Aliases: []string{"gawk"},
		Binaries: []string{"/usr/bin/gawk"},
		Source:   "main.awk",
		Run:      []string{"{binary}", "-f", "{file}", "--"},
		Memory:   regexp.MustCompile(`(?m)^gawk: .*fatal: .*cannot (re)?allocate \d+ bytes of memory`),
		Data:     16 * mib, Weight: 1,
		Hello: `BEGIN { print "hello" }`,
	},
	{
		Name: "sql", Aliases: []string{"sqlite", "sqlite3"},
		Binaries: []string{"/usr/bin/sqlite3"},
		Source:   "main.sql",
		// What is sorted stays in memory, as the database does: files have a limit.
		Run:    []string{"{binary}", "-batch", "-bail", "-init", "/dev/null", "-cmd", "PRAGMA temp_store=memory", ":memory:", `.read "{file}"`},
		Memory: regexp.MustCompile(`(?m)^Runtime error near line \d+: out of memory \(7\)$`),
		Data:   16 * mib, Weight: 1,
		Hello: `SELECT 'hello';`,
	},
	{
		Name: "octave", Aliases: []string{"matlab"},
		Binaries: []string{"/usr/bin/octave-cli"},
		Source:   "main.m",
		Run:      []string{"{binary}", "--norc", "--no-history", "--quiet", "{file}"},
		Memory:   regexp.MustCompile(`(?m)^error: out of memory or dimension too large for Octave's index type$`),
		Data:     512 * mib, MinMemory: 64, Weight: 1,
		Hello: `printf("hello\n")`,
	},
	{
		Name: "prolog", Aliases: []string{"swipl", "swi-prolog"},
		Binaries: []string{"/usr/bin/swipl"},
		Source:   "main.pl",
		Prepare: []Prepare{{
			Files:    []File{{"run.pl", prologRun}},
			Commands: [][]string{{"/bin/cp", "{file}", "{out}"}},
		}},
		Run: []string{
			"{binary}", "-q", "-f", "none", "--no-packs", "--on-error=status", "--stack-limit={heap_mib}m", "-g", "start", "-t", "halt", "{prepared}/run.pl", "--", "{file}",
		},
		Memory: regexp.MustCompile(`(?m)Stack limit \([0-9.]+[KMG]b\) exceeded$|Could not allocate memory: Cannot allocate memory`),
		Data:   512 * mib, Overhead: 96, Weight: 1,
		Hello: ":- writeln(hello).\n",
	},
	{
		Name: "tcl", Aliases: []string{"tclsh"},
		Binaries:     []string{"/usr/bin/tclsh"},
		VersionInput: "puts [info patchlevel]\n",
		Source:       "main.tcl",
		Run:          []string{"{binary}", "-encoding", "utf-8", "{file}"},
		Memory:       regexp.MustCompile(`(?m)^unable to (re)?alloc \d+ bytes|out of memory allocating \d+ bytes`),
		Data:         512 * mib, Weight: 1,
		Hello: `puts hello`,
	},
	{
		Name: "lisp", Aliases: []string{"common-lisp", "sbcl"},
		Binaries: []string{"/usr/bin/sbcl"},
		Source:   "main.lisp",
		Run: []string{
			"{binary}", "--dynamic-space-size", "{heap_mib}MB", "--control-stack-size", "64MB", "--noinform", "--disable-ldb", "--end-runtime-options",
			// Not --script, for which the end of the input is the end of the program.
			"--no-sysinit", "--no-userinit", "--non-interactive", "--load", "{file}", "--end-toplevel-options",
		},
		Memory: regexp.MustCompile(`(?m)^Heap exhausted during (allocation|garbage collection): `),
		Data:   4 * gib, Overhead: 48, MinMemory: 96, Weight: 1,
		Hello: `(write-line "hello")`,
	},
	{
		// Compiled, it is ten times as fast, and errors have lines. What is compiled
		// must not seem older than the copy of its source in the work directory.
		Name: "scheme", Aliases: []string{"guile", "scm"},
		Binaries: []string{"/usr/bin/guile-3.[0-9]", "/usr/bin/guile"},
		Source:   "main.scm",
		Compile: [][]string{{
			"{binary}", "--no-auto-compile", "-L", ".", "-c", `(use-modules (system base compile)) (define out (cadr (command-line))) ` +
				`(for-each (lambda (f) (let ((o (string-append out "/" (string-take f (string-rindex f #\.)) ".go"))) (compile-file f #:output-file o #:optimization-level 2 #:warning-level 1) ` +
				`(utime o 4000000000 4000000000))) (cddr (command-line)))`, "{out}", "{others}", "{file}",
		}},
		Run: []string{"{binary}", "--no-auto-compile", "-L", ".", "-C", "{out}", "-c",
			`(let ((args (cdr (command-line)))) (set-program-arguments args) (load-compiled (car args)))`, "{out}/{dir}/{stem}.go"},
		Env:    map[string]string{"GC_MARKERS": "1"},
		Memory: regexp.MustCompile(`(?m)^(GC Warning: Out of Memory! Heap size: \d+ MiB\. Returning NULL!|allocate_stack failed: Cannot allocate memory)`),
		Data:   512 * mib, Weight: 1,
		Hello: `(display "hello") (newline)`,
	},
	{
		Name: "d", Aliases: []string{"dlang", "gdc"},
		Binaries: []string{"/usr/bin/gdc", "/usr/bin/gdc-[0-9][0-9]"},
		Source:   "main.d",
		Compile:  [][]string{{"{binary}", "-O2", "-Wall", "-static-libphobos", "-Wl,--strip-debug", "-Wl,--gc-sections", "-o", "{out}/main", "{files}"}},
		Run:      []string{"{out}/main"},
		Memory:   regexp.MustCompile(`(?m)^core\.exception\.OutOfMemoryError@`),
		Data:     512 * mib, Weight: 1,
		Hello: "import std.stdio;\nvoid main() { writeln(\"hello\"); }\n",
	},
	{
		Name: "ada", Aliases: []string{"gnat"},
		Binaries: []string{"/usr/bin/gnatmake", "/usr/bin/gnatmake-[0-9][0-9]"},
		Source:   "main.adb",
		Compile:  [][]string{{"{binary}", "-q", "-O2", "-g", "-gnata", "-o", "{out}/main", "{file}", "-bargs", "-static", "-Es"}},
		Run:      []string{"{out}/main"},
		Memory:   regexp.MustCompile(`(?m)^raised STORAGE_ERROR : System\.Memory\.Alloc: heap exhausted`),
		Data:     512 * mib, Weight: 1,
		Hello: "with Ada.Text_IO;\nprocedure Main is\nbegin\n   Ada.Text_IO.Put_Line (\"hello\");\nend Main;\n",
	},
	{
		// One scheduler and one thread for files: a machine's processors are more
		// than a run may have threads.
		Name: "elixir", Aliases: []string{"ex", "exs"},
		Binaries: []string{"/usr/bin/elixir"},
		Source:   "main.exs",
		// It says Erlang's version first.
		Version: []string{"-e", "IO.puts(System.version())"},
		Run:     []string{"{binary}", "--erl", "+S 1:1 +SDio 1", "{file}"},
		Env:     map[string]string{"ERL_CRASH_DUMP_BYTES": "0"},
		Memory:  regexp.MustCompile(`(?m)^[a-z_]+_alloc: Cannot (re)?allocate \d+ bytes of memory`),
		Data:    gib, MinMemory: 64, Weight: 1,
		Hello: `IO.puts("hello")`,
	},
	{
		// Programs have a _start of their own, or a main that the C library calls:
		// ours gives way.
		Name: "assembly", Aliases: []string{"asm", "nasm"},
		Binaries: []string{"/usr/bin/nasm"}, Needs: []string{"/usr/bin/gcc"},
		Source: "main.asm",
		Prepare: []Prepare{{
			Files:    []File{{"start.asm", assemblyStart}},
			Commands: [][]string{{"{binary}", "-f", "elf64", "-o", "{out}/start.o", "{file}"}},
		}},
		// In one step: each takes the sandbox a moment.
		Compile: [][]string{{
			"/bin/sh", "-c", `"$0" -f elf64 -g -F dwarf -I "$2/" -o main.o "$1" && exec /usr/bin/gcc -no-pie -nostartfiles -z noexecstack -o "$3" "$4" main.o -lm`,
			"{binary}", "{file}", "{dir}", "{out}/main", "{prepared}/start.o",
		}},
		Run:    []string{"{out}/main"},
		Memory: regexp.MustCompile(libcMemory),
		Data:   gib, Weight: 1,
		Hello: "global main\nextern puts\nsection .text\nmain: sub rsp, 8\nmov rdi, text\ncall puts\nxor eax, eax\nadd rsp, 8\nret\nsection .rodata\ntext: db 'hello', 0\n",
	},
}

// cppCommand has the flags with which a precompiled header must agree.
func cppCommand(more ...string) []string {
	return append([]string{"{binary}", "-std=gnu++20", "-O2", "-Wall", "-pipe"}, more...)
}

// javaCommand has what every JVM of ours gets: the collector that takes the least
// memory, no files of its own, and its warnings on stderr.
func javaCommand(binary string, more ...string) []string {
	return append([]string{binary, "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xlog:disable", "-Xlog:all=warning:stderr"}, more...)
}

//go:embed prepare/Compile.java
var javaCompile string

//go:embed prepare/go.sh
var goScript string

//go:embed prepare/imports.go.in
var goImports string

//go:embed prepare/imports_new.go.in
var goNewImports string

var goFiles = []File{{"go.sh", goScript}, {"imports.go", goImports}, {"imports_new.go", goNewImports}}

//go:embed prepare/run.pl
var prologRun string

//go:embed prepare/start.asm
var assemblyStart string

var nodeWords = regexp.MustCompile(`JavaScript heap out of memory|Array buffer allocation failed|ERR_MEMORY_ALLOCATION_FAILED|ERR_WORKER_OUT_OF_MEMORY`)
