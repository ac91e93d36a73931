// A program of two files of one package.
package main

import "fmt"

func main() {
	fmt.Println(answer())
}
