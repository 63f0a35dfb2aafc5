package check

import (
	"fmt"
	"strconv"
	"strings"
)

// A turn is where a worker is in its keys.
type turn struct {
	next  int  // key
	key   int  // the last
	open  bool // which was set and not read yet
	taken int  // keys so far
}

// inOrder checks what was sent: worker w of W takes the keys i with i mod W = w
// in ascending order, again and again, a SET and a GET of each, and no value is
// the one before it, of which the first is the loaded one.
func inOrder(log []command, prefix string, sh shape, loaded func(i int) string) error {
	turns, last := make([]turn, sh.workers), map[int]string{}
	for w := range turns {
		turns[w].next = w
	}
	for _, c := range log {
		i, err := index(c, prefix, sh.keyspace)
		if err != nil {
			return err
		}
		if err := turns[i%sh.workers].take(c, i, sh); err != nil {
			return fmt.Errorf("worker %d: %w", i%sh.workers, err)
		}
		if c.name != "SET" {
			continue
		}
		before, again := last[i]
		if !again {
			before = loaded(i)
		}
		if err := checkValue(c.value, before); err != nil {
			return fmt.Errorf("key %d: %w", i, err)
		}
		last[i] = c.value
	}
	return nobodyIdle(turns)
}

func index(c command, prefix string, keyspace int) (int, error) {
	digits, ours := strings.CutPrefix(c.key, prefix)
	i, err := strconv.Atoi(digits)
	if !ours || err != nil || i < 0 || i >= keyspace || strconv.Itoa(i) != digits {
		return 0, fmt.Errorf("it sent a %s of %.100q, which is no key of the trial's: the prefix and a number below %d", c.name, c.key, keyspace)
	}
	return i, nil
}

func (t *turn) take(c command, i int, sh shape) error {
	switch {
	case c.name == "SET" && t.open:
		return fmt.Errorf("a SET of key %d came before the GET of key %d", i, t.key)
	case c.name == "SET" && i != t.next:
		return fmt.Errorf("it took key %d, its turn was key %d", i, t.next)
	case c.name == "GET" && (!t.open || i != t.key):
		return fmt.Errorf("a GET of key %d came without its SET", i)
	}
	if c.name == "GET" {
		t.open = false
		return nil
	}
	t.open, t.key, t.taken = true, i, t.taken+1
	if t.next = i + sh.workers; t.next >= sh.keyspace {
		t.next = i % sh.workers
	}
	return nil
}

func checkValue(value, before string) error {
	switch {
	case len(value) != dataSize:
		return fmt.Errorf("a value has %d bytes, asked for were %d", len(value), dataSize)
	case value == before:
		return fmt.Errorf("two SETs in a row of the same value, or that of the loaded one: a lost SET would not show")
	case strings.ContainsFunc(value, func(c rune) bool { return c >= 0x80 }):
		return fmt.Errorf("a value is not ASCII: it might be the one that was loaded")
	}
	return nil
}

func nobodyIdle(turns []turn) error {
	for w, t := range turns {
		switch {
		case t.open:
			return fmt.Errorf("worker %d: key %d was set and never read", w, t.key)
		case t.taken == 0:
			return fmt.Errorf("worker %d did nothing", w)
		}
	}
	return nil
}
