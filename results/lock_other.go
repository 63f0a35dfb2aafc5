//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package results

import "os"

// lock keeps nobody from writing: this system has no such locks.
func lock(*os.File) bool { return true }
