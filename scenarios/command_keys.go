package scenarios

import (
	"context"
	"math/bits"
	"sync/atomic"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/gen"
)

// keySets are the scenario's own keys, by the name of their set.
type keySets map[string]*keySet

// A keySet has as many keys as are loaded. They begin empty, and those that
// were given to a command are removed at the end.
type keySet struct {
	names *gen.Keys
	given []atomic.Uint64 // a bit for each key
}

func (k keySets) make(m *Material, names []string) {
	for _, name := range names {
		if k[name] == nil {
			count := m.keys.Len()
			k[name] = &keySet{
				names: gen.NewKeys(m.ofTrial("set-"+name+":"), count),
				given: make([]atomic.Uint64, (count+63)/64),
			}
		}
	}
}

// give returns the name of a key.
func (s *keySet) give(key int) string {
	if word, bit := &s.given[key/64], uint64(1)<<(key%64); word.Load()&bit == 0 {
		word.Or(bit)
	}
	return s.names.At(key)
}

// remove removes every key that was given to a command.
func (k keySets) remove(ctx context.Context, sessions []clients.Session, cluster bool) error {
	var names []string
	for _, set := range k {
		for i := range set.given {
			for left := set.given[i].Load(); left != 0; left &= left - 1 {
				names = append(names, set.names.At(64*i+bits.TrailingZeros64(left)))
			}
		}
	}
	return unlinkAll(ctx, sessions, names, cluster)
}

// sets are the names of those that the line has keys of.
func (c *commandLine) sets() (names []string) {
	for _, w := range c.words {
		for _, p := range w {
			if p.form == keyPart && c.setNamed(p) != "" {
				names = append(names, c.setNamed(p))
			}
		}
	}
	return names
}

// reads reports whether the reply is the values of loaded keys.
func (c *commandLine) reads() bool {
	return (c.name == "GET" || c.name == "MGET") && len(c.sets()) == 0
}
