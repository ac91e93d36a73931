// Computes for ever.
package main

func main() {
	x := uint32(1)
	for {
		x = x*1664525 + 1013904223
	}
}
