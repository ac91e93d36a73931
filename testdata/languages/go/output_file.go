// Writes a file to the current directory.
package main

import (
	"log"
	"os"
)

func main() {
	if err := os.WriteFile("out.txt", []byte("written\n"), 0o644); err != nil {
		log.Fatal(err)
	}
}
