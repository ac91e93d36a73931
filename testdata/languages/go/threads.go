// Four goroutines share a sum.
package main

import (
	"fmt"
	"sync"
)

func main() {
	const each = 250000
	var sums [4]int
	var wg sync.WaitGroup
	for i := range sums {
		wg.Add(1)
		go func(part int) {
			defer wg.Done()
			for n := part*each + 1; n <= (part+1)*each; n++ {
				sums[part] += n
			}
		}(i)
	}
	wg.Wait()
	fmt.Println(sums[0] + sums[1] + sums[2] + sums[3])
}
