package gen

import (
	"fmt"
	"regexp"
	"strings"
)

// RunPrefix is how all keys of a run begin.
func RunPrefix(run string) string { return fmt.Sprintf("respbench:%s:", run) }

// AliveKey is kept by the harness while a run lives.
func AliveKey(run string) string { return RunPrefix(run) + "alive" }

// runKey matches the keys that are written under RunPrefix, and no others:
// what it matches may be removed. They are the mark of a run that lives, keys
// that steps write, those that only the loader writes, by size of value, and
// those that a scenario names itself.
var runKey = regexp.MustCompile(`^respbench:([a-z2-7]{8}):(?:` +
	`alive|\d+|` +
	`loaded(?:\d+(?:-\d+)?|\d+:\d+(?:,\d+:\d+)+):\d+|` +
	`(?:cached|coalesced|command|counter|mixed|objects|pagination|pooled|pubsub|queue|queue-streams|web):[!-~]+)$`)

// RunOf returns which run has written a key. Everybody may name a key
// respbench:sessions:12; the id of a run has a digit in it.
func RunOf(key string) (run string, ok bool) {
	match := runKey.FindStringSubmatch(key)
	if match == nil || !strings.ContainsAny(match[1], "234567") {
		return "", false
	}
	return match[1], true
}
