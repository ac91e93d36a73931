// Counts the characters of a line.
package main

import (
	"bufio"
	"fmt"
	"os"
	"unicode/utf8"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Scan()
	line := in.Text()
	fmt.Println(utf8.RuneCountInString(line))
	fmt.Println(line)
}
