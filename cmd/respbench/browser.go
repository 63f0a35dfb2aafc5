package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"

	"respbench.dev/respbench/report"
)

// openers start what shows a file, by operating system; elsewhere it is
// xdg-open, too.
var openers = map[string][]string{
	"darwin":  {"open"},
	"windows": {"rundll32", "url.dll,FileProtocolHandler"},
}

// show opens a file in the user's browser, and does not wait for it to be closed.
func (a *app) show(path string) error {
	opener, known := openers[runtime.GOOS]
	if !known {
		opener = []string{"xdg-open"}
	}
	command := exec.Command(opener[0], append(opener[1:], path)...)
	if err := command.Start(); err != nil {
		return fmt.Errorf("--open: %w; the page is %s", err, path)
	}
	fmt.Fprintf(a.stderr, "opened: %s\n", path)
	return nil
}

// showTemporary shows a page that is kept nowhere else.
func (a *app) showTemporary(write func(io.Writer, report.Layout) error, l report.Layout) error {
	file, err := os.CreateTemp("", "respbench-*.html")
	if err != nil {
		return fmt.Errorf("--open: %w", err)
	}
	if err := write(file, l); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("--open: %w", err)
	}
	return a.show(file.Name())
}
