package product

import "syscall"

// attributes puts a part into a group of its own and has the kernel end it with the test.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
