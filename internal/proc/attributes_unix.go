//go:build unix && !linux

package proc

import "syscall"

func attributes(ownGroup bool, _ bond) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: ownGroup}
}
