// The other file of the program.
package main

func answer() int {
	return 6 * 7
}
