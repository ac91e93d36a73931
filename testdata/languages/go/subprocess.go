// Runs a command and prints what it says.
package main

import (
	"fmt"
	"log"
	"os/exec"
)

func main() {
	said, err := exec.Command("echo", "child").Output()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(said))
}
