package proc

import (
	"regexp"
	"slices"
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

var (
	// quotedPath is a path in quotes, which may hold spaces.
	quotedPath = regexp.MustCompile("(^|[^\\pL\\pN])(?:'[^']*[/\\\\]([^'/\\\\]*)'|\"[^\"]*[/\\\\]([^\"/\\\\]*)\"|`[^`]*[/\\\\]([^`/\\\\]*)`)")
	// spacedPath is the beginning of a path that seems to hold up to three spaces.
	spacedPath = regexp.MustCompile(`((?:^|\s)[^\s\pL\pN]*)(?:file:|[A-Za-z]:)?[/\\]\S*[\pL\pN_](?: [\pL\pN_.-]+){0,2} [\pL\pN_.-]+[/\\]`)
	// folders are what precedes the base name in whatever looks like a path.
	folders = regexp.MustCompile("([(\\['\"`<]*)\\S*[/\\\\]")
	// dull are lines that do not say why a program has ended: places, exit
	// statuses, advice, versions and brackets.
	dull = regexp.MustCompile(`^(?:\s|at |exit status |note: |\[signal |Node\.js v|[^\pL\pN]*$)`)
)

// longestLastLine is how much of a line is kept, in bytes.
const longestLastLine = 200

// LastLine is the line of what a program wrote to its standard error that says
// why it ended, as far as that can be told: in most languages the last one that
// is not dull, and of Go before the stacks. Of paths only base names are left.
// Secrets are the caller's to redact, before.
func LastLine(raw string) string {
	raw, _, _ = strings.Cut(raw, "\ngoroutine ")
	lines := strings.Split(strings.TrimRightFunc(raw, unicode.IsSpace), "\n")
	line := lines[len(lines)-1]
	for _, l := range slices.Backward(lines) {
		if !dull.MatchString(l) {
			line = l
			break
		}
	}
	line = withoutFolders(strings.Join(strings.Fields(strings.Map(printable, line)), " "))
	return strings.ToValidUTF8(line[:min(len(line), longestLastLine)], "")
}

func withoutFolders(line string) string {
	line = quotedPath.ReplaceAllString(line, "$1'$2$3$4'")
	line = spacedPath.ReplaceAllString(line, "$1")
	return strings.TrimSpace(folders.ReplaceAllString(line, "$1"))
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
