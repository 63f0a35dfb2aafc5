package check

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/results"
)

// A process is a driver that is spoken to line by line, for what the runner
// never does to one.
type process struct {
	*proc.Child
	words   chan word
	forget  func() // the files of the conversation
	record  *brief
	refused bool // it wrote an error
}

// A word is an event, as far as it matters here.
type word struct {
	Event  string `json:"event"`
	Error  string `json:"error"`
	Record *brief `json:"record"`
}

type brief struct {
	Stopped bool `json:"stopped"`
}

// longestLine is of the output of a driver; one that speaks as respbench's own
// trials do sends its histograms.
const longestLine = 64 << 20

func (s subject) speaksTrial() bool { return s.driver.About.Speaks == driver.SpeaksTrial }

// start starts a driver and tells it the spec, which change may change.
func (s subject) start(spec results.Spec, access results.Access, change func(order any) any) (*process, error) {
	p := &process{words: make(chan word), forget: func() {}}
	orders := []any{results.Order{Spec: &spec}, results.Order{Access: &access}}
	if !s.speaksTrial() {
		talk, err := s.driver.Begin(spec, access)
		if err != nil {
			return nil, err
		}
		orders, p.forget = talk.Orders(), talk.Close
	}
	child, err := proc.Start(proc.Command{Args: s.driver.Args})
	if err != nil {
		p.forget()
		return nil, err
	}
	p.Child = child
	for _, order := range orders {
		if change != nil {
			order = change(order)
		}
		p.tell(order)
	}
	go p.read()
	return p, nil
}

// unknownProtocol is none that there is.
const unknownProtocol = 1000

func otherProtocol(order any) any {
	switch o := order.(type) {
	case driver.Spec:
		o.Protocol = unknownProtocol
		return o
	case results.Order:
		if o.Spec != nil {
			spec := *o.Spec
			spec.Protocol = unknownProtocol
			o.Spec = &spec
		}
		return o
	}
	return order
}

// tell writes one order. A process that has gone shows by its end.
func (p *process) tell(order any) {
	line, err := json.Marshal(order)
	if err == nil {
		_, _ = p.Stdin.Write(append(line, '\n'))
	}
}

func (p *process) read() {
	defer close(p.words)
	lines := bufio.NewScanner(p.Stdout)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		var w word
		if json.Unmarshal(lines.Bytes(), &w) != nil {
			w = word{Event: results.EventError, Error: "wrote something that is not an event"}
		}
		p.words <- w
	}
}

// await returns when the process has said an event, or when signal is closed.
func (p *process) await(ctx context.Context, event string, signal <-chan struct{}, patience time.Duration) error {
	limit := time.After(patience)
	for {
		select {
		case w, more := <-p.words:
			if !more {
				return fmt.Errorf("it ended (%s)", p.end())
			}
			if err := p.hear(w); err != nil || w.Event == event {
				return err
			}
		case <-signal:
			return nil
		case <-limit:
			return fmt.Errorf("no progress for %v", patience)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (p *process) hear(w word) error {
	switch w.Event {
	case results.EventError:
		p.refused = true
		return errors.New(w.Error)
	case results.EventRecord:
		if p.record = w.Record; w.Record == nil {
			return errors.New("its record is empty")
		}
	}
	return nil
}

// endWithin closes the process's stdin and waits for its end.
func (p *process) endWithin(grace time.Duration) error {
	_ = p.Stdin.Close()
	limit := time.After(grace)
	words := p.words
	for {
		select {
		case w, more := <-words:
			if !more {
				words = nil // it has closed its output
				continue
			}
			_ = p.hear(w)
		case <-p.Done():
			p.drain()
			return nil
		case <-limit:
			return fmt.Errorf("it still ran %v after the end of its stdin", grace)
		}
	}
}

// drain hears what the process has written before its end. One that it has
// started may keep its output open.
func (p *process) drain() {
	limit := time.After(time.Second)
	for {
		select {
		case w, more := <-p.words:
			if !more {
				return
			}
			_ = p.hear(w)
		case <-limit:
			return
		}
	}
}

// end waits a moment for the end of a process that has closed its output.
func (p *process) end() string {
	select {
	case <-p.Done():
		return p.ExitReason()
	case <-time.After(time.Second):
		return "its output only"
	}
}

func (p *process) kill() {
	_ = p.Stdin.Close()
	_ = p.Kill()
	<-p.Done()
	_ = p.Stdout.Close()
	p.drain()
	p.forget()
}
