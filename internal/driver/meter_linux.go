package driver

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tick is the unit in which Linux tells programs CPU time.
const tick = 10 * time.Millisecond

// cpuOf is the CPU time that a process has used, without that of its children;
// not ok once it has ended.
func cpuOf(pid int) (used time.Duration, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	// The name of the program, in parentheses, may hold anything.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 || strings.ContainsAny(fields[0], "ZX") {
		return 0, false
	}
	user, wrongUser := strconv.ParseInt(fields[11], 10, 64)
	system, wrongSystem := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, wrongUser == nil && wrongSystem == nil
}

// hasOpen reports whether a process has a file open.
func hasOpen(pid int, file os.FileInfo) bool {
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	open, _ := os.ReadDir(folder) // of a process that has gone, none
	return slices.ContainsFunc(open, func(e os.DirEntry) bool {
		info, err := os.Stat(filepath.Join(folder, e.Name()))
		return err == nil && os.SameFile(info, file)
	})
}
