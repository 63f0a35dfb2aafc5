//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package main

import "os"

// controls: no terminal here is known to obey what an area is drawn with.
func controls(*os.File) bool { return false }

func foreground(*os.File) bool { return false }

func awaitResumed() (resumed <-chan os.Signal, release func()) { return nil, nil }
