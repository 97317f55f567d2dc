package devstack

import "syscall"

// attributes puts a child into a group of its own and has the kernel send it death when the thread that started it ends.
func attributes(death syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: death}
}
