//go:build !linux

package main

import (
	"fmt"
	"runtime"
)

func connect(line, string, string, string) error {
	return fmt.Errorf("line needs the network namespaces and TUN devices of Linux; %s has proxy", runtime.GOOS)
}
