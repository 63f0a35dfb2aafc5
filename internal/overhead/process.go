package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/results"
)

// A process is a side that starts one for each segment.
type process struct {
	ctx   context.Context
	args  []string
	spec  driver.Spec
	hear  func(orders *json.Encoder, events *json.Decoder) (told, error)
	conns int64
}

// told is what a process says of its segment. Times are in nanoseconds.
type told struct {
	Steps       int64 `json:"steps"`
	CPU         int64 `json:"cpu_ns"`
	Window      int64 `json:"window_ns"`
	Connections int64 `json:"connections"`
}

func (p *process) run(length time.Duration) (segment, error) {
	samples, err := os.CreateTemp("", "respbench-overhead-")
	if err != nil {
		return segment{}, err
	}
	defer os.Remove(samples.Name())
	_ = samples.Close() // the driver opens it
	p.spec.Samples, p.spec.LeastTime = samples.Name(), int64(length)
	t, err := p.converse()
	if err != nil {
		return segment{}, err
	}
	p.conns = t.Connections
	s := segment{ops: t.Steps, window: time.Duration(t.Window), cpu: time.Duration(t.CPU)}
	return s, s.check()
}

func (p *process) converse() (told, error) {
	cmd := exec.CommandContext(p.ctx, p.args[0], p.args[1:]...)
	var complaints bytes.Buffer
	cmd.Env = append(os.Environ(), "PYTHONHASHSEED=0") // which moves times by some percent from process to process
	cmd.Stderr = &complaints
	in, err := cmd.StdinPipe()
	if err != nil {
		return told{}, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return told{}, err
	}
	if err := cmd.Start(); err != nil {
		return told{}, err
	}
	orders := json.NewEncoder(in)
	err = orders.Encode(p.spec)
	var t told
	if err == nil {
		t, err = p.hear(orders, json.NewDecoder(out))
	}
	_, _ = io.Copy(io.Discard, out)
	if err = errors.Join(err, cmd.Wait()); err != nil {
		return t, fmt.Errorf("%w: %s", err, proc.LastLine(complaints.String()))
	}
	return t, nil
}

// hearBare waits for what the bare loop says at its end.
func hearBare(_ *json.Encoder, events *json.Decoder) (t told, err error) {
	err = events.Decode(&t)
	return t, err
}

// hearDriver starts a driver's clock and waits for its record.
func hearDriver(orders *json.Encoder, events *json.Decoder) (told, error) {
	for {
		var e driver.Event
		if err := events.Decode(&e); err != nil {
			return told{}, err
		}
		switch e.Event {
		case results.EventReady:
			if err := orders.Encode(driver.Order{Go: true}); err != nil {
				return told{}, err
			}
		case results.EventError:
			return told{}, errors.New(e.Error)
		case results.EventRecord:
			return toldBy(e.Record)
		}
	}
}

func toldBy(r *driver.Record) (told, error) {
	t := told{CPU: r.UserCPU + r.SystemCPU, Window: r.Window, Connections: r.Connections}
	for _, steps := range r.Samples {
		t.Steps += steps
	}
	for class, n := range r.Errors {
		return t, fmt.Errorf("%d errors: %s", n, r.FirstErrors[class])
	}
	return t, nil
}

func (p *process) dials() int64 { return p.conns }
