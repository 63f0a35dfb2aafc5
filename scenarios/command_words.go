package scenarios

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A word of a command line: its parts are put together for each op.
type word []part

type part struct {
	form  partForm
	text  string // of a literal; the name of a key's set, or empty
	least int64  // of a number
	count uint64 // of the numbers from there on
}

type partForm uint8

const (
	literal partForm = iota
	keyPart
	valuePart
	numberPart
)

// placeholders end the errors about one.
const placeholders = "have {key}, {key NAME}, {value}, {rand N}, {range A B}, and {{ for a brace"

// is reports whether the word is one part of a form and nothing else.
func (w word) is(form partForm) bool { return len(w) == 1 && w[0].form == form }

// literal is the text of a word that is always the same.
func (w word) literal() (text string, ok bool) {
	switch {
	case len(w) == 0:
		return "", true
	case w.is(literal):
		return w[0].text, true
	}
	return "", false
}

func (w *word) add(p part) { *w = append(*w, p) }

func (w *word) addText(text string) {
	if n := len(*w); n > 0 && (*w)[n-1].form == literal {
		(*w)[n-1].text += text
	} else if text != "" {
		w.add(part{text: text})
	}
}

// open is how many braces of the word's own text are not closed yet.
func (w word) open() (n int) {
	for _, p := range w {
		if p.form == literal {
			n += strings.Count(p.text, "{") - strings.Count(p.text, "}")
		}
	}
	return n
}

// splitWords cuts a line into words, which may be quoted as in redis-cli:
// "..." with the escapes \n \r \t \b \a \\ \" and \xHH, '...' with \'.
// Placeholders are known in quotes, too.
func splitWords(line string) (words []word, err error) {
	for {
		if line = strings.TrimLeft(line, " \t"); line == "" {
			return words, nil
		}
		var w word
		if w, line, err = cutWord(line); err != nil {
			return nil, err
		}
		words = append(words, w)
	}
}

// cutWord takes one word from the front of a line.
func cutWord(line string) (w word, rest string, err error) {
	w = word{}
	var quote byte
	for line != "" {
		c := line[0]
		switch {
		case quote == 0 && (c == ' ' || c == '\t'):
			return w, line, nil
		case c == quote && quote != 0:
			if line = line[1:]; line != "" && line[0] != ' ' && line[0] != '\t' {
				return nil, "", errors.New("something follows a closing quote")
			}
			return w, line, nil
		case quote == 0 && (c == '"' || c == '\''):
			quote, line = c, line[1:]
		case c == '{':
			line, err = w.cutPlaceholder(line)
			if err != nil {
				return nil, "", err
			}
		case c == '}' && w.open() == 0:
			return nil, "", fmt.Errorf("a } closes nothing; %s", placeholders)
		case c == '\\' && quote != 0:
			text, width := escape(line, quote)
			w.addText(text)
			line = line[width:]
		default:
			w.addText(line[:1])
			line = line[1:]
		}
	}
	if quote != 0 {
		return nil, "", errors.New("a quote is not closed")
	}
	return w, "", nil
}

// cutPlaceholder takes what begins with a brace from the front of a line.
func (w *word) cutPlaceholder(line string) (rest string, err error) {
	if rest, ok := strings.CutPrefix(line, "{{"); ok {
		w.addText("{")
		return rest, nil
	}
	inside, rest, closed := strings.Cut(line[1:], "}")
	if !closed {
		return "", fmt.Errorf("%q is not closed; %s", line, placeholders)
	}
	p, err := parsePlaceholder(inside)
	if err != nil {
		return "", fmt.Errorf("{%s}: %w; %s", inside, err, placeholders)
	}
	w.add(p)
	return rest, nil
}

func parsePlaceholder(inside string) (p part, err error) {
	fields := strings.Fields(inside)
	if len(fields) == 0 {
		return p, errors.New("empty placeholder")
	}
	name, args := fields[0], fields[1:]
	switch {
	case name == "key" && len(args) == 0:
		return part{form: keyPart}, nil
	case name == "key" && len(args) == 1 && isSetName(args[0]):
		return part{form: keyPart, text: args[0]}, nil
	case name == "key":
		return p, errors.New("takes one name of letters, digits and dashes, or none")
	case name == "value" && len(args) == 0:
		return part{form: valuePart}, nil
	case name == "rand" && len(args) == 1:
		n, err := strconv.ParseInt(args[0], 10, 64)
		if err != nil || n < 1 {
			return p, errors.New("takes a whole number from 1 on")
		}
		return part{form: numberPart, count: uint64(n)}, nil
	case name == "range" && len(args) == 2:
		return parseRange(args[0], args[1])
	}
	return p, errors.New("unknown placeholder")
}

func parseRange(low, high string) (p part, err error) {
	a, errA := strconv.ParseInt(low, 10, 64)
	b, errB := strconv.ParseInt(high, 10, 64)
	switch {
	case errA != nil || errB != nil || b < a:
		return p, errors.New("takes two whole numbers, the second not below the first")
	case uint64(b)-uint64(a) >= 1<<63:
		return p, errors.New("has too many numbers")
	}
	return part{form: numberPart, least: a, count: uint64(b) - uint64(a) + 1}, nil
}

func isSetName(text string) bool {
	return strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

// escape reads what a backslash begins. Within single quotes only the quote
// can be escaped.
func escape(line string, quote byte) (text string, width int) {
	switch {
	case len(line) < 2:
		return `\`, 1
	case quote == '\'' && line[1] == '\'':
		return "'", 2
	case quote == '\'':
		return `\`, 1
	case line[1] == 'x' && len(line) >= 4:
		if n, err := strconv.ParseUint(line[2:4], 16, 8); err == nil {
			return string([]byte{byte(n)}), 4
		}
	}
	if i := strings.IndexByte("nrtba", line[1]); i >= 0 {
		return "\n\r\t\b\a"[i : i+1], 2
	}
	return line[1:2], 2
}
