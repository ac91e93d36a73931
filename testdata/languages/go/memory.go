// Takes a gigabyte in pieces, and keeps them all.
package main

import (
	"bytes"
	"fmt"
)

func main() {
	var pieces [][]byte
	for range [256]int{} {
		pieces = append(pieces, bytes.Repeat([]byte("x"), 4<<20))
	}
	fmt.Println("done")
	fmt.Println(len(pieces), string(pieces[255][:1]))
}
