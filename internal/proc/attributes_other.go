//go:build !unix && !windows

package proc

import "syscall"

func attributes(bool, bond) *syscall.SysProcAttr { return nil }
