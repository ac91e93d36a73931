// Calls itself without end; the result of the inner call is needed.
package main

import "fmt"

func deep(n int) int {
	return n%10 + deep(n+1)%1000
}

func main() {
	fmt.Println(deep(1))
}
