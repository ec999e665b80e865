package identity

import "syscall"

// lowPriority lowers the calling thread's; on Linux each thread has its own. That it may not is no reason to stop.
func lowPriority(nice int) { _ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, nice) }

// apart keeps an interrupt that is typed for the platform from the process that it still needs while it stops.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
