package runner

import (
	"encoding/json"
	"slices"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/results"
)

// An Executor is what trials are handed to, a process for each.
type Executor struct {
	ID      string         // in the header
	Command []string       // of a program that speaks as respbench's own trials do
	Driver  *driver.Driver // nil: it is not one
	CPUs    int            // that it can keep busy at most; 0: any number
	// Unchecked warns of trials that check no reply, and that write keys of names
	// of their own under the run's prefix, as many as asked for; nil: it checks.
	Unchecked *results.Warning
}

func (e Executor) command() []string {
	if e.Driver != nil {
		return slices.Clone(e.Driver.Args)
	}
	return e.Command
}

// talk begins a conversation: a driver's, unless it speaks as our own trials do.
func (e Executor) talk(spec results.Spec, access results.Access) (talk, error) {
	if e.Driver == nil {
		return trialTalk{spec, access}, nil
	}
	if e.Driver.About.Speaks == driver.SpeaksTrial {
		return foreignTalk{trialTalk{spec, access}}, nil
	}
	t, err := e.Driver.Begin(spec, access)
	if err != nil {
		return nil, err
	}
	return driverTalk{t}, nil
}

// A talk is how the process of a trial is spoken to.
type talk interface {
	Pid(pid int)   // of the process, before its first event
	Orders() []any // to begin with, a line of JSON each
	Go() any
	// Event is what a line of its output says.
	Event(line []byte) results.Event
	LongestLine() int  // in bytes
	GivesStacks() bool // to SIGQUIT, and when it panics
	Close()
}

// A trialTalk is one in respbench's own words.
type trialTalk struct {
	spec   results.Spec
	access results.Access
}

func (t trialTalk) Orders() []any {
	return []any{results.Order{Spec: &t.spec}, results.Order{Access: &t.access}}
}

func (trialTalk) Pid(int) {}

func (trialTalk) Go() any { return results.Order{Go: true} }

func (trialTalk) Event(line []byte) (e results.Event) {
	if err := json.Unmarshal(line, &e); err != nil {
		return results.Event{Event: results.EventError, Error: "wrote something that is not an event"}
	}
	return e
}

// LongestLine is far more than a record with its histograms, of some 100 KB.
func (trialTalk) LongestLine() int  { return 64 << 20 }
func (trialTalk) GivesStacks() bool { return true }
func (trialTalk) Close()            {}

// A driverTalk is one with a driver, whose record has no histograms.
type driverTalk struct{ *driver.Talk }

func (driverTalk) LongestLine() int  { return 1 << 20 }
func (driverTalk) GivesStacks() bool { return false }
