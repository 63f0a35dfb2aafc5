package check

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode"

	"respbench.dev/respbench/results"
)

// A report is what the checks have shown so far. One goroutine writes it.
type report struct {
	out    io.Writer
	access results.Access
	checks int
	failed int
}

// parallel is how many checks run side by side: a driver and its proxy keep a
// core busy.
const parallel = 2

// all makes checks side by side, and reports them in their order.
func (r *report) all(ctx context.Context, checks []check) {
	type verdict struct {
		held string
		err  error
	}
	verdicts, room := make([]chan verdict, len(checks)), make(chan struct{}, parallel)
	for i := range checks {
		verdicts[i] = make(chan verdict, 1)
	}
	go func() {
		for i, c := range checks {
			room <- struct{}{}
			go func() {
				held, err := c.run(ctx)
				<-room
				verdicts[i] <- verdict{held, err}
			}()
		}
	}()
	for i, c := range checks {
		v := <-verdicts[i]
		r.say(ctx, c, v.held, v.err)
	}
}

// one makes checks one after the other until one does not hold.
func (r *report) one(ctx context.Context, checks []check) (held bool) {
	for _, c := range checks {
		what, err := c.run(ctx)
		if r.say(ctx, c, what, err); err != nil {
			return false
		}
	}
	return true
}

// say reports one check, unless it was broken off.
func (r *report) say(ctx context.Context, c check, held string, err error) {
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		r.line("FAIL", c.name, c.title+": "+err.Error())
		return
	}
	r.line("ok  ", c.name, held)
}

// line writes one line. What a driver has said may be in its text.
func (r *report) line(verdict, name, text string) {
	if verdict != "skip" {
		r.checks++
	}
	if verdict == "FAIL" {
		r.failed++
	}
	fmt.Fprintf(r.out, "%s %s: %s\n", verdict, name, tame(r.access.Redact(text)))
}

// longest is of a line's text, in characters.
const longest = 400

// tame makes one short line of a text that somebody else wrote.
func tame(text string) string {
	text = strings.Map(func(c rune) rune {
		if c != ' ' && !unicode.IsGraphic(c) {
			return '?'
		}
		return c
	}, strings.Join(strings.Fields(text), " "))
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "..."
	}
	return text
}

func (r *report) outcome() error {
	if r.failed > 0 {
		return &Failure{Failed: r.failed, Checks: r.checks}
	}
	return nil
}
