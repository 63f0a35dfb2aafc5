//go:build unix

package results

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe that nobody writes to would be read for ever.
func TestAppendRefusesWhatIsNoFile(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{fifo, "/dev/null"} {
		if _, _, err := Append(path); err == nil || !strings.HasPrefix(err.Error(), "results file "+path+" is not a regular file") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
