//go:build !linux

package main

// lowestPriority is only known on Linux.
func lowestPriority() {}
