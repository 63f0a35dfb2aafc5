package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"respbench.dev/respbench/internal/gen"
)

// A commandLine is one kind of op of command.
type commandLine struct {
	text   string // as it was given
	weight int
	name   string // of the command, in capitals
	words  []word
	keys   []int  // which words are keys
	set    string // the keys of all that name none: loaded strings if empty
}

// ParseLines checks command lines and returns them in the form that a load
// has: each with its weight before it, one a line. The error begins with the
// line that is wrong.
func ParseLines(lines []string, weights []int) (string, error) {
	var all []string
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if err := checkLine(line, weights[i]); err != nil {
			return "", fmt.Errorf("%q: %w", line, err)
		}
		if slices.ContainsFunc(lines[:i], func(before string) bool { return strings.TrimSpace(before) == line }) {
			return "", fmt.Errorf("%q: is there twice; give it a weight", line)
		}
		all = append(all, fmt.Sprintf("%d %s", weights[i], line))
	}
	return strings.Join(all, "\n"), nil
}

func checkLine(line string, weight int) error {
	switch {
	case strings.ContainsAny(line, "\r\n"):
		return errors.New("is more than one line")
	case weight < 1 || weight > gen.LargestWeight:
		return fmt.Errorf("weight %d: must be at least 1", weight)
	}
	_, err := parseLine(line)
	return err
}

// ReadLines reads a file of command lines. A line may begin with its weight,
// as in "3 GET {key}"; empty lines and those that begin with # are left out.
func ReadLines(text string) (lines []string, weights []int, err error) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		weight, line, err := cutWeight(line)
		if err == nil {
			err = checkLine(line, weight)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("line %d: %q: %w", number, line, err)
		}
		lines, weights = append(lines, line), append(weights, weight)
	}
	if len(lines) == 0 {
		return nil, nil, errors.New("there is no command in it")
	}
	return lines, weights, nil
}

// cutWeight takes the weight from the front of a line: no command begins with
// a digit.
func cutWeight(line string) (weight int, rest string, err error) {
	first, rest, _ := strings.Cut(line, " ")
	if strings.Trim(first, "-0123456789") != "" {
		return 1, line, nil
	}
	weight, err = strconv.Atoi(first)
	if err != nil {
		return 0, line, fmt.Errorf("weight %s: must be a whole number from 1 on", first)
	}
	return weight, strings.TrimSpace(rest), nil
}

// commandLines are those of a load.
func commandLines(l Load) (list []commandLine, err error) {
	lines, weights, err := ReadLines(l.Lines)
	for i, line := range lines {
		c, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		c.weight = weights[i]
		list = append(list, c)
	}
	return list, err
}

// parseLine reads a command and looks whether it may be sent.
func parseLine(text string) (c commandLine, err error) {
	c.text = text
	if c.words, err = splitWords(text); err != nil {
		return c, err
	}
	if len(c.words) == 0 {
		return c, errors.New("empty command; have a line as redis-cli takes it: GET {key}")
	}
	name, ok := c.words[0].literal()
	if !ok || name == "" {
		return c, errors.New("begins with no name of a command")
	}
	c.name = strings.ToUpper(name)
	if why := refusal(c.name); why != "" {
		return c, fmt.Errorf("%s is not sent: %s", c.name, why)
	}
	for beyond := range strings.FieldsSeq(otherKeys[c.name]) {
		if c.hasWord(beyond) {
			return c, fmt.Errorf("%s is not sent with %s", c.name, beyond)
		}
	}
	return c, c.findKeys()
}

func (c *commandLine) hasWord(text string) bool {
	return slices.ContainsFunc(c.words[1:], func(w word) bool {
		is, _ := w.literal()
		return strings.EqualFold(is, text)
	})
}

// findKeys looks where the keys are, so that a command writes to none that is
// not respbench's own.
func (c *commandLine) findKeys() (err error) {
	if _, ok := keyless[c.name]; ok {
		return nil
	}
	if c.keys, err = keysAt(c.name, c.words); err != nil {
		return err
	}
	for _, i := range c.keys {
		if !c.words[i].is(keyPart) {
			return errors.New("each key must be {key} alone: no other keys are respbench's own")
		}
	}
	if len(c.keys) == 0 {
		return errors.New("has no {key}")
	}
	c.set = c.setOf()
	return nil
}

// setOf is which set the command's keys are from, where they name none.
func (c *commandLine) setOf() string {
	if _, ok := onLoaded[c.name]; ok || c.writesValues() {
		return ""
	}
	if family := families[c.name]; family != "" {
		return family
	}
	if module, _, ok := strings.Cut(c.name, "."); ok && isSetName(module) {
		return strings.ToLower(module)
	}
	return "other"
}

// writesValues reports whether it is SET or MSET of {key} {value} and nothing
// else, so that each key afterwards holds one of its values.
func (c *commandLine) writesValues() bool {
	if c.name != "MSET" && (c.name != "SET" || len(c.words) != 3) || len(c.words)%2 != 1 {
		return false
	}
	for i, w := range c.words[1:] {
		if i%2 == 1 && !w.is(valuePart) || i%2 == 0 && w[0].text != "" {
			return false
		}
	}
	return true
}

// setNamed is the set of a {key} or a {key NAME}.
func (c *commandLine) setNamed(p part) string {
	if p.text != "" {
		return p.text
	}
	return c.set
}
