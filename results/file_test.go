package results

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// write writes the runs and returns the lines.
func write(t *testing.T, w *Writer, runs ...Run) {
	t.Helper()
	for _, run := range runs {
		errs := []error{w.Header(run.Header)}
		for _, trial := range run.Trials {
			errs = append(errs, w.Trial(trial))
		}
		if run.End != nil {
			errs = append(errs, w.End(*run.End))
		}
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	cutOff := sampleRun()
	cutOff.End = nil
	want := []Run{cutOff, sampleRun()}
	path := filepath.Join(t.TempDir(), "results", "deep", "a.jsonl")
	w, err := Create(path, false)
	if err != nil {
		t.Fatal(err)
	}
	write(t, w, want...)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCreateRefusesAnExistingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	if err := os.WriteFile(path, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path, false); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Fatalf("got %v", err)
	}
	if kept, _ := os.ReadFile(path); string(kept) != "precious" {
		t.Fatalf("the file is now %q", kept)
	}
	w, err := Create(path, true)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	write(t, w, sampleRun())
	if _, err := ReadFile(path); err != nil {
		t.Error(err)
	}
}

func TestCreateNamesWhatIsInTheWay(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(file, "a.jsonl"), folder} {
		if _, err := Create(path, true); err == nil || !strings.HasPrefix(err.Error(), "results ") {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

// A full disk must not leave a file without a header behind.
func TestFailedHeaderRemovesTheNewFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	w, err := Create(path, false)
	if err != nil {
		t.Fatal(err)
	}
	w.out = failingWriter{}
	if err := w.Header(sampleHeader()); !errors.Is(err, errFull) {
		t.Fatalf("got %v", err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
}

var errFull = errors.New("no space left on device")

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errFull }

func TestEachLineIsOneWriteAndReportsErrors(t *testing.T) {
	var counted countingWriter
	write(t, NewWriter(&counted), sampleRun())
	if counted.writes != 4 {
		t.Errorf("%d writes for 4 lines", counted.writes)
	}
	w := NewWriter(failingWriter{})
	for name, err := range map[string]error{"trial": w.Trial(sampleTrial()), "end": w.End(End{})} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// What comes after a line that was torn is not written: the file can be read,
// and the run goes on.
func TestNothingFollowsATornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	w, err := Create(path, false)
	if err != nil {
		t.Fatal(err)
	}
	write(t, w, Run{Header: sampleHeader()})
	file := w.out
	w.out = tearingWriter{file}
	torn := w.Trial(sampleTrial())
	w.out = file // there is room again
	if !errors.Is(torn, errFull) || w.Err() != torn {
		t.Fatalf("got %v, then %v", torn, w.Err())
	}
	for name, err := range map[string]error{"trial": w.Trial(sampleTrial()), "end": w.End(End{}), "header": w.Header(sampleHeader())} {
		if err != torn {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	runs, err := ReadFile(path)
	if err != nil || len(runs) != 1 || len(runs[0].Trials) != 0 || len(runs[0].Notes) != 1 {
		t.Errorf("%+v, %v", runs, err)
	}
}

type tearingWriter struct{ io.Writer }

func (w tearingWriter) Write(p []byte) (int, error) {
	n, _ := w.Writer.Write(p[:len(p)/2])
	return n, errFull
}

type countingWriter struct{ writes int }

func (c *countingWriter) Write(p []byte) (int, error) { c.writes++; return len(p), nil }

func TestReadSurvivesCuts(t *testing.T) {
	var whole bytes.Buffer
	write(t, NewWriter(&whole), sampleRun())
	data := whole.Bytes()
	header := bytes.IndexByte(data, '\n')
	for n := 0; n < len(data); n += 1 + len(data)/1000 {
		runs, err := Read(bytes.NewReader(data[:n]))
		if n < header {
			if err == nil {
				t.Fatalf("cut at %d, within the header, was read", n)
			}
			continue
		}
		if err != nil {
			t.Fatalf("cut at %d: %v", n, err)
		}
		before := data[:n]
		inLine := before[bytes.LastIndexByte(before, '\n')+1:]
		if cut := len(inLine) > 0 && data[n] != '\n'; cut != (len(runs[0].Notes) == 1) {
			t.Fatalf("cut at %d: notes %q", n, runs[0].Notes)
		}
	}
}

func TestReadLongLines(t *testing.T) {
	for _, size := range []int{64 << 10, 64<<10 + 1, 65 << 20} {
		want := append(bytes.Repeat([]byte("x"), size-1), '\n')
		r := bufio.NewReaderSize(bytes.NewReader(append(want, "rest"...)), 64<<10)
		if got, err := nextLine(r, longestLine); err != nil || !bytes.Equal(got, want) {
			t.Errorf("a line of %d bytes was read as %d: %v", size, len(got), err)
		}
		if got, err := nextLine(r, longestLine); err != io.EOF || string(got) != "rest" {
			t.Errorf("after it: %q, %v", got, err)
		}
	}
	if _, err := nextLine(bufio.NewReader(endless{}), 9999); err == nil || err.Error() != "longer than 9999 bytes" {
		t.Errorf("a line without end: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestReadIgnoresWhatItDoesNotKnow(t *testing.T) {
	var out bytes.Buffer
	write(t, NewWriter(&out), sampleRun())
	text := strings.Replace(out.String(), `"round":1`, `"round":1,"future":{"a":[1]}`, 1)
	text = strings.Replace(text, `{"type":"end"`, `{"type":"comment"}`+"\n\n"+`{"type":"end"`, 1)
	got, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Run{sampleRun()}, got, cmpopts.IgnoreFields(Run{}, "Notes")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(got[0].Notes) != 1 || !strings.Contains(got[0].Notes[0], `line 4 has the unknown type "comment"`) {
		t.Errorf("notes %q", got[0].Notes)
	}
}

func TestNames(t *testing.T) {
	at := time.Date(2026, 11, 22, 3, 4, 5, 0, time.FixedZone("", 3600))
	if got, want := DefaultPath(at, "abc"), filepath.Join("results", "20261122T020405Z-abc.jsonl"); got != want {
		t.Errorf("path %q, expected %q", got, want)
	}
	ids := map[string]bool{}
	for range 100 { // of words without a digit there would be some 20
		id := NewID()
		if ids[id] || !regexp.MustCompile(`^[a-z2-7]{8}$`).MatchString(id) || !strings.ContainsAny(id, "234567") {
			t.Errorf("id %q, seen before: %v", id, ids[id])
		}
		ids[id] = true
	}
}

func FuzzRead(f *testing.F) {
	var out bytes.Buffer
	w := NewWriter(&out)
	_ = w.Header(sampleHeader())
	_ = w.Trial(sampleTrial())
	_ = w.End(*sampleRun().End)
	f.Add(out.Bytes())
	f.Add(out.Bytes()[:out.Len()/2])
	f.Add([]byte(`{"type":"header","schema":2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		runs, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		var again bytes.Buffer
		write(t, NewWriter(&again), runs...)
		reread, err := Read(&again)
		if err != nil {
			t.Fatalf("what was read and written cannot be read: %v", err)
		}
		same := cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Run{}, "Notes")}
		if diff := cmp.Diff(runs, reread, same); diff != "" {
			t.Fatalf("-first +second:\n%s", diff)
		}
	})
}

// What a file held is lost only when a new run has begun.
func TestForceKeepsTheOldUntilTheHeader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.jsonl")
	if err := os.WriteFile(path, []byte("a long old text that must go as a whole\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, begins := range []bool{false, true} {
		w, err := Create(path, true)
		if err != nil {
			t.Fatal(err)
		}
		if begins {
			if err := w.Header(Header{Schema: Schema}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		held, err := os.ReadFile(path)
		if err != nil || strings.Contains(string(held), "old text") == begins {
			t.Errorf("begun %v: the file holds %q, %v", begins, held, err)
		}
	}
}
