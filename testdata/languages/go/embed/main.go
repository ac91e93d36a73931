package main

import (
	_ "embed"
	"fmt"
)

//go:embed answer.txt
var answer string

// want stdout: ^42\n$
func main() {
	fmt.Print(answer)
}
