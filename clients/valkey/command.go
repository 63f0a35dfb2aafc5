// Code generated from clients/rueidis by gen_test.go, with -update. DO NOT EDIT.

package valkey

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/valkey-io/valkey-go"
	"respbench.dev/respbench/clients"
)

// Do has the library send a call that may wait in the server over a connection
// of its pool.
func (s session) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	command, err := build(s.c.B(), call, call.Blocks)
	if err != nil {
		return err
	}
	return result(s.c.Do(ctx, command), into)
}

// Transact needs no connection of its own, for it watches no key: the library
// writes the commands of one DoMulti together, whoever else uses the connection.
func (s session) Transact(ctx context.Context, calls []clients.Call, into []clients.Answer) error {
	batch := make(valkey.Commands, 0, len(calls)+2)
	batch = append(batch, s.c.B().Multi().Build())
	for _, call := range calls {
		command, err := build(s.c.B(), call, false) // nothing waits within a transaction
		if err != nil {
			return err
		}
		batch = append(batch, command)
	}
	results := s.c.DoMulti(ctx, append(batch, s.c.B().Exec().Build())...)
	for _, queued := range results { // one that was refused is why EXEC was aborted
		if err := queued.Error(); err != nil && !valkey.IsValkeyNil(err) {
			return err
		}
	}
	replies, err := results[len(results)-1].ToArray()
	if err != nil || len(replies) != len(calls) {
		return cmp.Or(err, fmt.Errorf("a transaction of %d commands has %d replies", len(calls), len(replies)))
	}
	for i := range replies {
		err = cmp.Or(err, answer(&replies[i], &into[i]))
	}
	return err
}

// build answers for what the library's builder panics at.
func build(b valkey.Builder, call clients.Call, blocks bool) (command valkey.Completed, err error) {
	words, key := call.Words, call.Key
	switch {
	case len(words) == 0 || words[0] == "" || key < 0:
		return command, fmt.Errorf("no command: %q with its key at %d", words, key)
	case strings.HasSuffix(strings.ToUpper(words[0]), "SUBSCRIBE"):
		return command, fmt.Errorf("%s has no reply: use Listen", words[0])
	}
	if key >= len(words) {
		key = 0 // the server will say what is missing
	}
	building := b.Arbitrary(words[0])
	if key > 0 {
		building = building.Args(words[1:key]...).Keys(words[key])
	}
	building = building.Args(words[key+1:]...)
	if blocks {
		return building.Blocking(), nil
	}
	return building.Build(), nil
}

func result(r valkey.ValkeyResult, into *clients.Answer) error {
	m, err := r.ToMessage()
	if err != nil && !valkey.IsValkeyNil(err) {
		return err
	}
	return answer(&m, into)
}

// answer hands over strings as the library has read them. An error within a
// list is returned when all of the list has been handed over.
func answer(m *valkey.ValkeyMessage, into *clients.Answer) error {
	into.Reset()
	if err := m.Error(); err != nil && !valkey.IsValkeyNil(err) {
		return err
	}
	var err error
	switch {
	case m.IsNil():
		into.Shape = clients.Null
	case m.IsInt64():
		into.Shape = clients.Int
		into.Int, err = m.ToInt64()
	case m.IsBool():
		return truth(m, into)
	case m.IsMap():
		return pairs(m, into)
	case m.IsArray():
		into.Shape = clients.List
		var items []valkey.ValkeyMessage
		if items, err = m.ToArray(); err == nil {
			err = list(items, into)
		}
	default: // text, numbers as text
		into.Shape = clients.Text
		into.Text, err = m.ToString()
		if verbatim := !m.IsString() && len(into.Text) > 3 && into.Text[3] == ':'; verbatim {
			into.Text = into.Text[4:] // the library leaves its format before it
		}
	}
	return err
}

func truth(m *valkey.ValkeyMessage, into *clients.Answer) error {
	is, err := m.ToBool()
	into.Shape = clients.Int
	if is {
		into.Int = 1
	}
	return err
}

func list(items []valkey.ValkeyMessage, into *clients.Answer) error {
	var first error
	for i := range items {
		first = cmp.Or(first, answer(&items[i], into.Grow()))
	}
	return first
}

// pairs are in no order: the library has a Go map for them.
func pairs(m *valkey.ValkeyMessage, into *clients.Answer) error {
	into.Shape = clients.List
	entries, first := m.ToMap()
	for key, value := range entries {
		name := into.Grow()
		name.Shape, name.Text = clients.Text, key
		first = cmp.Or(first, answer(&value, into.Grow()))
	}
	return first
}
