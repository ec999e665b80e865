package main

import (
	"os"
	"time"
)

// endWithParent ends this process within a second of the platform that started it: a platform that was killed cannot end
// what it left flying.
func endWithParent() {
	parent := os.Getppid()
	go func() {
		for range time.Tick(time.Second) {
			if os.Getppid() != parent {
				os.Exit(1)
			}
		}
	}()
}
