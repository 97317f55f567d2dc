//go:build !linux

package main

import "syscall"

// attributes keeps Ctrl-C in a terminal from a child.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
