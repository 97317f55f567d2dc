package main

import "syscall"

// attributes has a child die with us, and keeps Ctrl-C in a terminal from it: it is stopped in our order.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
