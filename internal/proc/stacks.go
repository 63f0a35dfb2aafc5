package proc

import (
	"regexp"
	"strings"
)

var (
	goroutineLine = regexp.MustCompile(`^goroutine (\d+) .*?(\[[\w ,().-]*\]).*:$`)
	positionLine  = regexp.MustCompile(`^\t(?:.*[/\\])?([^/\\:]+:\d+)(?: \+0x.*)?$`)
	functionLine  = regexp.MustCompile(`^((?:created by )?[\w./\-~%@*\[\]…·()]+?)(?:\([^()]*\)| in goroutine \d+)?$`)
)

// Stacks reduces what a Go program wrote when it panicked or got SIGQUIT to
// what may be shown to others: the cause, where its text is the runtime's own,
// and of each goroutine its state, functions, base file names and lines.
// Paths, arguments, registers and whatever else was written are left out.
func Stacks(raw string) string {
	var kept strings.Builder
	inside := false // a goroutine's part, which an empty line ends
	previous := ""
	for line := range strings.Lines(raw) {
		line = strings.TrimRight(line, "\r\n")
		if header := goroutineLine.FindStringSubmatch(line); header != nil {
			inside = true
			kept.WriteString("goroutine " + header[1] + " " + header[2] + ":\n")
		} else if position := positionLine.FindStringSubmatch(line); inside && position != nil {
			kept.WriteString(functionOf(previous) + " " + position[1] + "\n")
		} else if cause := causeOf(line); !inside && cause != "" {
			kept.WriteString(cause + "\n")
		}
		inside = inside && line != ""
		previous = line
	}
	return kept.String()
}

// causeOf keeps the texts that the runtime itself makes. A panic's own text may
// hold anything.
func causeOf(line string) string {
	switch {
	case strings.HasPrefix(line, "SIGQUIT: "), strings.HasPrefix(line, "fatal error: "),
		strings.HasPrefix(line, "panic: runtime error: "):
		return line
	case strings.HasPrefix(line, "panic: "):
		return "panic"
	default:
		return ""
	}
}

// functionOf is the name in "pkg.(*T).Method(0x1, {0x2, 0x3})" or in
// "created by pkg.f in goroutine 1".
func functionOf(line string) string {
	if m := functionLine.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return "?"
}
