//go:build unix && !linux

package product

import "syscall"

// attributes puts a part into a group of its own.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
