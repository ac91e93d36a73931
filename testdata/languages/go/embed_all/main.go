package main

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed *
var all embed.FS

// Nothing but the files of the request is there.
//
// want stdout: ^\. a a/b\.txt main\.go\n$
func main() {
	separator := ""
	fs.WalkDir(all, ".", func(path string, _ fs.DirEntry, _ error) error {
		fmt.Print(separator, path)
		separator = " "
		return nil
	})
	fmt.Println()
}
