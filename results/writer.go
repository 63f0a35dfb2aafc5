package results

import (
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The types of lines.
const (
	headerLine = "header"
	trialLine  = "trial"
	endLine    = "end"
)

// A Writer writes runs as JSON lines. What a method has written without an
// error is in the file for good, whatever happens to the process afterwards.
// Once the file has failed, every method returns that error and writes nothing:
// a line behind a torn one would make the file unreadable.
type Writer struct {
	out     io.Writer
	sync    func() error
	close   func() error
	discard func()       // nil once something is written: removes the file we made
	empty   func() error // before the first line: what the file held, or its torn end, is lost only then
	failed  error        // of the file
}

// NewWriter writes to out, which stays the caller's to flush and close.
func NewWriter(out io.Writer) *Writer {
	none := func() error { return nil }
	return &Writer{out: out, sync: none, close: none, empty: none}
}

// Create opens the file at path for a new run, and makes its folder. An
// existing file is refused unless force; it is emptied when the run begins.
func Create(path string, force bool) (*Writer, error) {
	if strings.HasSuffix(path, string(filepath.Separator)) {
		return nil, fmt.Errorf("results file %s is a folder; give a path in it", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("results folder: %w", err)
	}
	file, made, err := openNew(path, force)
	if err != nil {
		return nil, err
	}
	w := NewWriter(file)
	w.close = file.Close
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		if !lock(file) {
			_ = file.Close()
			return nil, locked(path)
		}
		w.sync = file.Sync // a terminal or a pipe cannot be synced
		w.empty = func() error { return file.Truncate(0) }
	}
	if made {
		syncFolder(filepath.Dir(path))
		w.discard = func() { _ = file.Close(); _ = os.Remove(path) }
	}
	return w, nil
}

func locked(path string) error {
	return fmt.Errorf("results file %s is being written by another process", path)
}

// openNew also tells whether the file was not there before.
func openNew(path string, force bool) (file *os.File, made bool, err error) {
	file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	switch {
	case err == nil:
		return file, true, nil
	case !os.IsExist(err):
		return nil, false, fmt.Errorf("results file: %w", err)
	case isFolder(path):
		return nil, false, fmt.Errorf("results file %s is a folder; give a path in it", path)
	case !force:
		return nil, false, fmt.Errorf("results file %s exists; give another path, or --force to replace it", path)
	}
	if file, err = os.OpenFile(path, os.O_WRONLY, 0o644); err != nil {
		return nil, false, fmt.Errorf("results file: %w", err)
	}
	return file, false, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// syncFolder makes a new file's name outlast a power cut, where the system
// lets a folder be synced.
func syncFolder(path string) {
	if folder, err := os.Open(path); err == nil {
		_ = folder.Sync()
		_ = folder.Close()
	}
}

// Header begins a run. If it cannot be written, a file that Create made is
// removed: no file without a header stays behind.
func (w *Writer) Header(h Header) error {
	err := w.line(struct {
		Type string `json:"type"`
		Header
	}{headerLine, h})
	if err != nil && w.discard != nil {
		w.discard()
	}
	w.discard = nil
	return err
}

// Trial adds a trial to the run.
func (w *Writer) Trial(t Trial) error {
	return w.line(struct {
		Type string `json:"type"`
		Trial
	}{trialLine, t})
}

// End closes the run.
func (w *Writer) End(e End) error {
	return w.line(struct {
		Type string `json:"type"`
		End
	}{endLine, e})
}

// Close closes the file, if Create opened one. A file that Create made and
// that got no header is removed.
func (w *Writer) Close() error {
	if w.discard != nil {
		w.discard()
		w.discard = nil
		return nil
	}
	return w.close()
}

// Err is what the file failed with, if it has.
func (w *Writer) Err() error { return w.failed }

func (w *Writer) line(v any) error {
	if w.failed != nil {
		return w.failed
	}
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("results line: %w", err)
	}
	if err := w.write(line.Bytes()); err != nil {
		w.failed = fmt.Errorf("results file: %w", err)
	}
	return w.failed
}

func (w *Writer) write(line []byte) error {
	if err := w.empty(); err != nil {
		return err
	}
	w.empty = func() error { return nil }
	if _, err := w.out.Write(line); err != nil {
		return err
	}
	return w.sync()
}

// DefaultPath is where a run is kept unless its user says otherwise.
func DefaultPath(started time.Time, id string) string {
	return filepath.Join("results", started.UTC().Format("20060102T150405Z")+"-"+id+".jsonl")
}

// NewID returns the name of a run, fit for file names and keys: eight
// lower-case letters and digits, of 40 random bits. There is a digit among them,
// so that it is no word that others may have in their keys.
func NewID() string {
	for {
		var random [5]byte
		_, _ = rand.Read(random[:]) // it never fails
		id := strings.ToLower(base32.StdEncoding.EncodeToString(random[:]))
		if strings.ContainsAny(id, "234567") {
			return id
		}
	}
}
