package server

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// ownGroup makes the process the head of a group that is killed as one. It stays in the session of the platform, within
// which the kernel's automatic grouping heeds priorities.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// leastOfAll gives the whole group the lowest priority, and makes it the first that the kernel ends where memory runs
// out. That it may not is no reason to stop: the process lowers itself too.
func leastOfAll(pid int) {
	_ = syscall.Setpriority(syscall.PRIO_PGRP, pid, 19)
	_ = os.WriteFile("/proc/"+strconv.Itoa(pid)+"/oom_score_adj", []byte("1000"), 0)
}

func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// residentMemory answers the bytes of memory that the process has; 0 where it cannot be told.
func residentMemory(pid int) int64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	fields := bytes.Fields(b)
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize())
}
