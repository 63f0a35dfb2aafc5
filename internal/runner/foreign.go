package runner

import (
	"errors"
	"fmt"
	"strings"

	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/results"
)

// mostNames is how many of a sort a record of others may have: kinds, classes
// of errors, options.
const mostNames = 64

// A foreignTalk is one in respbench's own words with a program of others: what
// it says is checked before it is kept.
type foreignTalk struct{ trialTalk }

// GivesStacks is false: nobody knows what it is written in.
func (foreignTalk) GivesStacks() bool { return false }

func (t foreignTalk) Event(line []byte) results.Event {
	e := t.trialTalk.Event(line)
	e.Error = t.storable(e.Error)
	if e.Event != results.EventRecord {
		return e
	}
	if err := t.check(e.Record); err != nil {
		return results.Event{Event: results.EventError, Error: "its record: " + t.storable(err.Error())}
	}
	return e
}

// check holds a record to what a file may hold, and redacts its texts.
func (t foreignTalk) check(m *results.Measured) error {
	if m == nil {
		return errors.New("there is none")
	}
	if err := results.CheckMeasured(m, !m.Stopped && m.Failure == ""); err != nil {
		return err
	}
	// A user may be called as a class of errors is.
	names := foreignTalk{trialTalk{access: results.Access{Password: t.access.Password}}}
	for _, name := range namesOf(m) {
		if name != names.storable(name) {
			return fmt.Errorf("a name that cannot be stored: %s", name)
		}
	}
	if n := max(len(m.Kinds), len(m.Metrics), len(m.Sent), len(m.Errors), len(m.FirstErrs), len(m.Warm.Errors), len(m.Resolved.Options)); n > mostNames {
		return fmt.Errorf("%d names of a sort; at most %d", n, mostNames)
	}
	m.Failure = t.storable(m.Failure)
	m.FirstErrs = t.allStorable(m.FirstErrs)
	m.Resolved.Options = t.allStorable(m.Resolved.Options)
	return nil
}

// namesOf are the texts by which others are found.
func namesOf(m *results.Measured) (names []string) {
	for _, k := range m.Kinds {
		names = append(names, k.Name, k.Unit, k.Sample)
	}
	for _, metric := range m.Metrics {
		names = append(names, metric.Name, metric.Unit, metric.Better)
	}
	for command := range m.Sent {
		names = append(names, command)
	}
	for _, counts := range []map[string]int64{m.Errors, m.Warm.Errors} {
		for class := range counts {
			names = append(names, class)
		}
	}
	return names
}

func (t foreignTalk) allStorable(texts map[string]string) map[string]string {
	var all map[string]string
	for name, text := range texts {
		if all == nil {
			all = map[string]string{}
		}
		all[t.storable(name)] = t.storable(text)
	}
	return all
}

// storable is what may be stored of a text: one short line without addresses,
// credentials and folders.
func (t foreignTalk) storable(text string) string {
	return proc.LastLine(t.access.Redact(strings.Join(strings.Fields(text), " ")))
}
