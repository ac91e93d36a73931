//go:build race

package main

// The race detector makes every process several times as slow to start.
func init() { chaosSubmissions = 300 }
