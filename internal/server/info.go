package server

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"
)

// An info is the reply of INFO, by field. Its methods return nil for what is
// not there or is not what it should be.
type info map[string]string

func parseInfo(text string) info {
	fields := info{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if ok && !strings.HasPrefix(name, "#") {
			fields[name] = value
		}
	}
	return fields
}

// info asks for all sections. Where the server refuses that, all are missing
// and note says why.
func (n node) info(ctx context.Context) (fields info, note string, err error) {
	text, err := n.Info(ctx, "all").Result()
	if err == nil && text == "" || refusalOf(err) != "" && !isRefused(refusalOf(err)) {
		text, err = n.Info(ctx).Result() // "all" is not known everywhere
	}
	if refusal := refusalOf(err); isRefused(refusal) {
		return info{}, refusalNote(refusal, "INFO"), nil
	}
	return parseInfo(text), "", n.explain(ctx, "INFO", err)
}

func (i info) number(field string) *int64 {
	n, err := strconv.ParseInt(i[field], 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

func (i info) flag(field string) *bool {
	n := i.number(field)
	if n == nil {
		return nil
	}
	set := *n != 0
	return &set
}

// anyFlag is whether one of those that are there is set.
func (i info) anyFlag(fields ...string) *bool {
	var set *bool
	for _, field := range fields {
		if own := i.flag(field); set == nil || own != nil && *own {
			set = own
		}
	}
	return set
}

// seconds are a fraction in the reply.
func (i info) seconds(field string) *time.Duration {
	s, err := strconv.ParseFloat(i[field], 64)
	if err != nil || math.IsNaN(s) || s < 0 || s > math.MaxInt64/1e9/2 {
		return nil
	}
	d := time.Duration(math.Round(s * 1e9))
	return &d
}

// subfields splits a value such as "calls=3,usec=7".
func (i info) subfields(field string) info {
	parts := info{}
	for part := range strings.SplitSeq(i[field], ",") {
		if name, value, ok := strings.Cut(part, "="); ok {
			parts[name] = value
		}
	}
	return parts
}

// calls are those of each command, by its name in lower case; a subcommand is
// "config|get". Nil where the server does not count them.
func (i info) calls() map[string]int64 {
	var calls map[string]int64
	for field := range i {
		command, ok := strings.CutPrefix(field, "cmdstat_")
		n := i.subfields(field).number("calls")
		if !ok || n == nil {
			continue
		}
		if calls == nil {
			calls = map[string]int64{}
		}
		calls[strings.ToLower(command)] = *n
	}
	return calls
}

// keys are the number of keys of each database that has some.
func (i info) keys() map[int]int64 {
	keys := map[int]int64{}
	for field := range i {
		digits, ok := strings.CutPrefix(field, "db")
		db, err := strconv.Atoi(digits)
		if n := i.subfields(field).number("keys"); ok && err == nil && n != nil {
			keys[db] = *n
		}
	}
	return keys
}

// redirects are the answers of a cluster's node that sent a client elsewhere,
// so far. Nil where the server does not count errors.
func (i info) redirects() map[string]int64 {
	if i.number("total_error_replies") == nil {
		return nil
	}
	counts := map[string]int64{}
	for _, name := range []string{"moved", "ask"} {
		if n := i.subfields("errorstat_" + strings.ToUpper(name)).number("count"); n != nil {
			counts[name] = *n
		} else {
			counts[name] = 0
		}
	}
	return counts
}
