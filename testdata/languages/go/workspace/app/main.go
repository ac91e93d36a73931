package main

import (
	"fmt"

	"example.com/lib"
)

// want entrypoint: app/main.go
// want stdout: ^42\n$
func main() {
	fmt.Println(lib.Answer)
}
