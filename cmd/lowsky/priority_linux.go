package main

import (
	"os"
	"strconv"
	"syscall"
)

// lowestPriority lets everything else on the machine go before this process. On Linux each thread has a priority of its
// own; those that come later inherit it. That it may not is no reason to stop.
func lowestPriority() {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, 19)
		return
	}
	for _, t := range threads {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			_ = syscall.Setpriority(syscall.PRIO_PROCESS, id, 19)
		}
	}
}
