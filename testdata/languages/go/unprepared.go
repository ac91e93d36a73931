package main

import (
	"encoding/ascii85"
	"fmt"
)

// A package that the executor does not compile ahead.
//
// want stdout: ^<~87cURD\]f\n$
func main() {
	text := make([]byte, ascii85.MaxEncodedLen(6))
	fmt.Printf("<~%s\n", text[:ascii85.Encode(text, []byte("Hello "))])
}
