package servertest

import (
	"os"
	"syscall"
	"testing"
)

// WriteProgram writes a file that can be executed at once. Meanwhile this process
// starts no other: one that was forked while the file is open for writing would
// hold it open, too, and nobody could execute it ("text file busy").
func WriteProgram(t testing.TB, path, text string) {
	t.Helper()
	syscall.ForkLock.RLock()
	err := os.WriteFile(path, []byte(text), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
}
