package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"respbench.dev/respbench/report"
)

// openers start what shows a file, by operating system; elsewhere it is xdg-open.
var openers = map[string][]string{
	"darwin":  {"open"},
	"windows": {"rundll32", "url.dll,FileProtocolHandler"},
}

// errNotShown is of a page that is there, and could not be opened.
var errNotShown = errors.New("--open")

// show opens a file in the user's browser, and does not wait for what that does.
func (a *app) show(path string) error {
	opener, known := openers[runtime.GOOS]
	if !known {
		opener = []string{"xdg-open"}
	}
	absolute, err := filepath.Abs(path)
	if err == nil {
		err = exec.Command(opener[0], append(opener[1:], absolute)...).Start()
	}
	if err != nil {
		return fmt.Errorf("%w: %w; the page is %s", errNotShown, err, path)
	}
	fmt.Fprintf(a.stderr, "opening: %s\n", path)
	return nil
}

// showTemporary shows a page that is kept nowhere else.
func (a *app) showTemporary(write func(io.Writer, report.Layout) error, l report.Layout) error {
	file, err := os.CreateTemp("", "respbench-*.html")
	if err != nil {
		return fmt.Errorf("--open: %w", err)
	}
	if err := errors.Join(write(file, l), file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return a.show(file.Name())
}
