// Packages in directories of their own need a module file.
package main

import (
	"fmt"

	"example.com/module/answer"
)

// want stdout: ^42\n$
func main() {
	fmt.Println(answer.Text())
}
