// Reads standard input by lines and adds up the integers in it.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
)

func main() {
	lines, sum := 0, 0
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		lines++
		for _, word := range strings.Fields(in.Text()) {
			n, err := strconv.Atoi(word)
			if err != nil {
				log.Fatal(err)
			}
			sum += n
		}
	}
	if err := in.Err(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(lines)
	fmt.Println(sum)
}
