package scenarios

import (
	"context"
	"fmt"

	"respbench.dev/respbench/clients"
)

// wrong is a reply to a command on key that cannot be right.
//
//go:noinline
func wrong(key, format string, args ...any) error {
	return &clients.Mismatch{Key: key, Got: -1, Detail: fmt.Sprintf(format, args...)}
}

// described is an answer in a few words.
func described(a *clients.Answer) string {
	switch a.Shape {
	case clients.Null:
		return "a null"
	case clients.Int:
		return fmt.Sprint(a.Int)
	case clients.Text:
		return fmt.Sprintf("%.20q", a.Text)
	case clients.List:
		return fmt.Sprintf("a list of %d", len(a.Items))
	}
	return "nothing"
}

// sentCounts are commands that follow from no op.
type sentCounts map[string]Sent

func (c sentCounts) add(command string, done bool) {
	sent := c[command]
	sent.Tried++
	if done {
		sent.Done++
	}
	c[command] = sent
}

// number sends a command that belongs to no op, and holds its reply to a number.
func (c sentCounts) number(ctx context.Context, do clients.Commander, want int64, words ...string) error {
	var answer clients.Answer
	err := do.Do(ctx, clients.Call{Words: words, Key: 1}, &answer)
	c.add(words[0], err == nil)
	if err == nil && (answer.Shape != clients.Int || answer.Int != want) {
		err = wrong(words[1], "answered %s with %s, want %d", words[0], described(&answer), want)
	}
	return err
}

// transaction counts one, unless nobody wants to know.
func (c sentCounts) transaction(calls []clients.Call, done bool) {
	if c == nil {
		return
	}
	c.add("MULTI", done)
	for i := range calls {
		c.add(calls[i].Words[0], done)
	}
	c.add("EXEC", done)
}

// merge adds what another counted.
func (c sentCounts) merge(other sentCounts) {
	for command, n := range other {
		sum := c[command]
		c[command] = Sent{Done: sum.Done + n.Done, Tried: sum.Tried + n.Tried}
	}
}
