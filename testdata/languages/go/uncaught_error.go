// Panics, and nobody recovers.
// want stderr: ^panic: boom\n\ngoroutine 1 \[running\]:\n(.*\n)*.*main\.go:12\b
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 1000 {
		panic("boom")
	}
	fmt.Println("not reached")
}
