package identity

import "syscall"

// lowPriority lowers the calling thread's by so much; on Linux each thread has its own. That it may not is no reason to
// stop.
func lowPriority(by int) {
	if raw, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0); err == nil { // the system answers 20 - nice
		_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, min(20-raw+by, 19))
	}
}

// apart keeps an interrupt that is typed for the platform from the process that it still needs while it stops.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
