package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// Append opens the results file at path to go on with a run of it, and returns
// the runs that it holds. Nobody else can write it until the Writer is closed.
// A last line that was torn off is cut when the first line is added; until
// then the file stays as it is.
func Append(path string) (*Writer, []Run, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() { // a pipe would be read for ever
		return nil, nil, fmt.Errorf("results file %s is not a regular file; a run goes on in the file that holds it", path)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("results file: %w", err)
	}
	if !lock(file) {
		_ = file.Close()
		return nil, nil, locked(path)
	}
	w, runs, err := goOn(file)
	if err != nil {
		_ = file.Close()
		return nil, nil, fmt.Errorf("results file %s: %w", path, err)
	}
	return w, runs, nil
}

// goOn takes the file over unless it returns an error.
func goOn(file *os.File) (*Writer, []Run, error) {
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, nil, err
	}
	runs, err := Read(bytes.NewReader(data))
	if err != nil {
		return nil, nil, err
	}
	w := NewWriter(file)
	w.close, w.sync = file.Close, file.Sync
	w.empty = func() error { return mend(file, data) }
	return w, runs, nil
}

// mend makes the file, which holds data, end with a whole line.
func mend(file *os.File, data []byte) error {
	last := bytes.LastIndexByte(data, '\n') + 1
	if json.Valid(data[last:]) { // whole, but for its newline
		_, err := file.WriteString("\n")
		return err
	}
	return file.Truncate(int64(last))
}
