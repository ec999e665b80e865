// Command lowsky is the platform's one binary: serve runs it, health asks whether it is ready, admin looks after
// accounts, replay feeds a journal through the engine again, simulate flies a fleet.
package main

func main() {}
