//go:debug panicnil=1

package main

import "fmt"

// Without the first line, this is an error since Go 1.21.
//
// want stdout: ^<nil>\n$
func main() {
	defer func() { fmt.Println(recover()) }()
	panic(nil)
}
