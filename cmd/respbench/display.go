package main

import (
	"io"
	"os"

	"golang.org/x/term"

	"respbench.dev/respbench/internal/progress"
)

// display shows progress on stderr. Where results are streamed to stdout, it
// does not redraw: what reads them may have the same terminal.
func (a *app) display(mode string, streams bool, work progress.Work) *progress.Display {
	var screen progress.Screen
	if mode == progress.Auto {
		mode = progress.Plain
		if file, ok := a.stderr.(*os.File); ok && controls(file) {
			screen = screenOf(file)
			if t := os.Getenv("TERM"); t != "" && t != "dumb" && (!streams || !seen(a.stdout)) {
				mode, screen.Color = progress.Area, os.Getenv("NO_COLOR") == ""
			}
		}
	}
	return progress.New(a.stderr, mode, work, screen)
}

// screenOf is the terminal behind file.
func screenOf(file *os.File) progress.Screen {
	resumed, release := awaitResumed()
	return progress.Screen{
		Size:    func() (columns, rows int) { return sizeOf(file) },
		Ours:    func() bool { return foreground(file) },
		Resumed: resumed, Release: release, Truncates: truncates(os.Getenv),
	}
}

// truncates reports whether the terminal cuts off lines when it is narrowed:
// the console of Linux, GNU screen and xterm do, others break them.
func truncates(variable func(string) string) bool {
	within := variable("STY") != "" || variable("XTERM_VERSION") != ""
	return variable("TERM") == "linux" || within && variable("TMUX") == ""
}

// sizeOf is that of a terminal; one that does not tell has the usual size.
func sizeOf(file *os.File) (columns, rows int) {
	columns, rows, err := term.GetSize(int(file.Fd()))
	if err != nil || columns == 0 || rows == 0 {
		return 80, 24
	}
	return columns, rows
}

// seen reports whether what is written there may come to a terminal at once: it
// is one, or somebody reads it.
func seen(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return true
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0 {
		return true
	}
	return term.IsTerminal(int(file.Fd()))
}
