//go:build race

package sandbox

func init() { raceDetector = true }
