// Imports a package that it does not use.
// want compile: main\.go:7:2: .*imported and not used
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("hello")
}
