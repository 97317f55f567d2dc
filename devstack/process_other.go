//go:build unix && !linux

package devstack

import "syscall"

// attributes puts a child into a group of its own. There is no death signal here: a child outlives a killed parent until
// the next start on its folder stops it.
func attributes(syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
