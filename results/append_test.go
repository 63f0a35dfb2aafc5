package results

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A file that was cut anywhere behind its first header goes on: its whole
// lines stay, and what is added can be read.
func TestAppendAfterAnyCut(t *testing.T) {
	var whole bytes.Buffer
	run, further := sampleRun(), Run{Header: sampleHeader()}
	run.End, further.Header.Resumes = nil, run.Header.ID
	write(t, NewWriter(&whole), run, further)
	data := whole.Bytes()
	header := bytes.IndexByte(data, '\n')
	path := filepath.Join(t.TempDir(), "cut.jsonl")
	for n := range len(data) + 1 {
		if near := data[max(n-2, 0):min(n+2, len(data))]; n%151 != 0 && !bytes.ContainsAny(near, "\n") {
			continue // every byte around the ends of lines, some of the others
		}
		if err := os.WriteFile(path, data[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if n < header {
			expectCutHeader(t, path, n)
			continue
		}
		expectGoesOn(t, path, n, data)
	}
}

func expectCutHeader(t *testing.T, path string, n int) {
	t.Helper()
	w, _, err := Append(path)
	if err == nil {
		_ = w.Close()
		t.Fatalf("cut at %d, within the header, goes on", n)
	}
	if text := err.Error(); !strings.HasPrefix(text, "results file "+path+": ") || strings.Contains(text, "\n") {
		t.Fatalf("cut at %d: %v", n, err)
	}
}

func expectGoesOn(t *testing.T, path string, n int, data []byte) {
	t.Helper()
	before, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w, runs, err := Append(path)
	if err != nil {
		t.Fatalf("cut at %d: %v", n, err)
	}
	defer w.Close()
	w.sync = func() error { return nil } // a power cut is not what is tested
	if d := cmp.Diff(before, runs); d != "" {
		t.Fatalf("cut at %d: -read +appended to:\n%s", n, d)
	}
	if held, _ := os.ReadFile(path); !bytes.Equal(held, data[:n]) {
		t.Fatalf("cut at %d: the file changed before anything was added", n)
	}
	last := sampleTrial()
	last.Round, last.Order = 2, 2
	more := Run{Header: sampleHeader(), Trials: []Trial{last}, End: &End{Status: OK}}
	more.Header.Resumes = more.Header.ID
	write(t, w, more)
	after, err := ReadFile(path)
	if err != nil {
		t.Fatalf("cut at %d: %v", n, err)
	}
	for i := range before {
		before[i].Notes = nil
	}
	if d := cmp.Diff(append(before, more), after); d != "" {
		t.Fatalf("cut at %d: -want +got:\n%s", n, d)
	}
	if joined := Join(after); len(joined) != 1 || joined[0].End == nil || !joined[0].Trials[len(joined[0].Trials)-1].Done() {
		t.Fatalf("cut at %d: joined %+v", n, joined)
	}
}

func TestAppendNeedsAFile(t *testing.T) {
	folder := t.TempDir()
	for _, path := range []string{folder, filepath.Join(folder, "missing.jsonl")} {
		if _, _, err := Append(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// One process writes a file at a time.
func TestLock(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no locks there")
	}
	path := filepath.Join(t.TempDir(), "a.jsonl")
	w, err := Create(path, false)
	if err != nil {
		t.Fatal(err)
	}
	write(t, w, sampleRun())
	expectLocked(t, path)
	_ = w.Close()
	again, _, err := Append(path)
	if err != nil {
		t.Fatal(err)
	}
	expectLocked(t, path)
	_ = again.Close()
	if w, err = Create(path, true); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
}

func expectLocked(t *testing.T, path string) {
	t.Helper()
	want := "results file " + path + " is being written by another process"
	if _, _, err := Append(path); err == nil || err.Error() != want {
		t.Errorf("append: %v", err)
	}
	if _, err := Create(path, true); err == nil || err.Error() != want {
		t.Errorf("replace: %v", err)
	}
}
