package proc

import (
	"regexp"
	"strings"
	"unicode"
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

// directories are what precedes the base name of a file.
var directories = regexp.MustCompile(`(^|[\s'"(=])(?:[A-Za-z]:)?[/\\](?:[^\s'"/\\]+[/\\])*`)

// longestLastLine is how much of a line is kept, in bytes.
const longestLastLine = 200

// LastLine is the last line of what a program wrote to its standard error that
// is not empty, which is where most languages say why they end. Of paths only
// base names are left.
func LastLine(raw string) string {
	lines := strings.Split(strings.TrimSpace(raw), "\n")
	line := strings.Join(strings.Fields(strings.Map(printable, lines[len(lines)-1])), " ")
	line = directories.ReplaceAllString(line, "$1")
	return strings.ToValidUTF8(line[:min(len(line), longestLastLine)], "")
}

func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return ' '
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
