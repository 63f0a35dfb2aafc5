//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package main

import (
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// controls reports whether file is the terminal that controls this process, so
// that it can be asked whose job is in its foreground.
func controls(file *os.File) bool {
	_, err := unix.IoctlGetInt(int(file.Fd()), unix.TIOCGPGRP)
	return err == nil
}

// foreground reports whether the terminal is ours: our job is in its foreground,
// and nobody, such as a pager, has taken its lines apart into keys.
func foreground(file *os.File) bool {
	job, err := unix.IoctlGetInt(int(file.Fd()), unix.TIOCGPGRP)
	if err != nil || job != unix.Getpgrp() {
		return false
	}
	modes, err := unix.IoctlGetTermios(int(file.Fd()), getTermios)
	return err == nil && modes.Lflag&unix.ICANON != 0
}

// awaitResumed tells when the process goes on that was suspended.
func awaitResumed() (resumed <-chan os.Signal, release func()) {
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, unix.SIGCONT)
	return caught, func() { signal.Stop(caught) }
}
