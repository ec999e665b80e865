//go:build !linux

package identity

import "syscall"

func lowPriority(int) {}

func apart() *syscall.SysProcAttr { return nil }
