package main

import "internal/goarch"

// want status: compile_error
// want compile: use of internal package internal/goarch not allowed
func main() {
	println(goarch.PtrSize)
}
