package results

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A flag's treatment by Scrub: what stands for its value.
const (
	kept   = ""       // the value itself
	noneOf = "\x00no" // it has no value
)

// treatments are by flag. The value of a flag that is not here is left out:
// a new flag is safe before anybody has thought of it.
var treatments = map[string]string{
	"clients": kept, "c": kept, "scenarios": kept, "s": kept,
	"ops": kept, "n": kept, "duration": kept, "max-time": kept, "rounds": kept, "warmup": kept,
	"workers": kept, "w": kept, "depth": kept, "P": kept, "data-size": kept, "d": kept,
	"keyspace": kept, "k": kept, "conns": kept, "rate": kept, "seed": kept,
	"arrivals": kept, "keys": kept, "mix": kept, "hit-ratio": kept, "batch-max": kept, "batch-delay": kept, "receivers": kept,
	"command": kept, "weight": kept, "slo": kept,
	"context": kept, "resp": kept, "timeout": kept, "connect-timeout": kept,
	"pin": kept, "gomaxprocs": kept, "heap": kept, "isolate": kept, "disturb": kept, "max-memory": kept,
	"format": kept, "progress": kept, "client-label": kept, "server-label": kept,
	"threshold": kept, "metrics": kept, "alpha": kept, "min-abs": kept, "fail-on": kept, "target-ci": kept,

	"tls": noneOf, "insecure": noneOf, "force": noneOf, "dry-run": noneOf, "strict": noneOf,
	"allow-env-mismatch": noneOf, "confirm": noneOf,
	"help": noneOf, "h": noneOf, "version": noneOf,

	"url": "<url>", "u": "<url>", "host": "<host>", "sni": "<host>", "port": "<port>", "p": "<port>", "user": "<user>",
	"cacert": "<path>", "cert": "<path>", "key": "<path>", "password-file": "<path>",
	"out": "<path>", "o": "<path>", "resume": "<path>", "noise": "<path>", "cpuprofile": "<path>", "memprofile": "<path>",
}

// serverWords are the values of --server that are not a path.
var serverWords = []string{"auto", "embedded", "redis-server", "valkey-server"}

// Scrub reduces the program's arguments, os.Args, to what may be stored: no
// secret, no address, and of paths only the base name of a plan.
func Scrub(args []string) []string {
	scrubbed := []string{"respbench"}
	if len(args) < 2 {
		return scrubbed
	}
	rest := args[1:]
	for len(rest) > 0 {
		var words []string
		if words, rest = scrubNext(rest); words[0] == "--" {
			words = append(words, scrubPlain(rest)...)
			rest = nil
		}
		scrubbed = append(scrubbed, words...)
	}
	return scrubbed
}

// scrubNext reduces the first argument, and its value where that is the next.
func scrubNext(args []string) (words, rest []string) {
	arg, rest := args[0], args[1:]
	if len(arg) < 2 || arg[0] != '-' || arg == "--" {
		return scrubPlain(args[:1]), rest
	}
	dashes, name, value, attached := splitFlag(arg)
	stand, known := treatments[name]
	switch {
	case stand == noneOf && attached:
		return []string{dashes + name + "=<value>"}, rest
	case stand == noneOf:
		return []string{dashes + name}, rest
	case attached:
		return []string{dashes + name + "=" + standIn(name, value, stand, known)}, rest
	case len(rest) == 0 || !known && name != "server" && strings.HasPrefix(rest[0], "-"):
		return []string{dashes + name}, rest
	}
	return []string{dashes + name, standIn(name, rest[0], stand, known)}, rest[1:]
}

// splitFlag understands --name, --name=value, -n, -nvalue and -n=value.
func splitFlag(arg string) (dashes, name, value string, attached bool) {
	if long, ok := strings.CutPrefix(arg, "--"); ok {
		name, value, attached = strings.Cut(long, "=")
		return "--", name, value, attached
	}
	value = strings.TrimPrefix(arg[2:], "=")
	return "-", arg[1:2], value, len(arg) > 2
}

func standIn(name, value, stand string, known bool) string {
	switch {
	case name == "base" || name == "new":
		return ScrubSide(value)
	case name == "clients" || name == "c":
		return scrubClients(value)
	case name == "server" && slices.Contains(serverWords, value):
		return value
	case name == "server" || name == "command" && strings.HasPrefix(value, "@"):
		return "<path>"
	case !known:
		return "<value>"
	case stand == kept:
		return value
	}
	return stand
}

// scrubClients leaves of the paths of drivers the base names.
func scrubClients(list string) string {
	names := strings.Split(list, ",")
	for i, name := range names {
		if path, ok := strings.CutPrefix(name, "exec:"); ok {
			names[i] = "exec:" + filepath.Base(path)
		}
	}
	return strings.Join(names, ",")
}

// ScrubSide reduces what one side of two was given, "flag=value;flag=value", as
// Scrub does. Of a binary's path the base name stays.
func ScrubSide(options string) string {
	var kept []string
	for option := range strings.SplitSeq(options, ";") {
		name, value, hasValue := strings.Cut(strings.TrimSpace(option), "=")
		stand, known := treatments[name]
		switch {
		case name == "bin":
			name += "=" + filepath.Base(value)
		case hasValue && (name == "base" || name == "new"):
			name += "=<value>"
		case hasValue && stand == noneOf:
			name += "=" + strconv.FormatBool(value == "true")
		case hasValue:
			name += "=" + standIn(name, value, stand, known)
		}
		kept = append(kept, name)
	}
	return strings.Join(kept, ";")
}

// scrubPlain reduces arguments that are no flags: verbs, plans and files.
func scrubPlain(args []string) []string {
	words := make([]string, len(args))
	for i, arg := range args {
		if words[i] = filepath.Base(arg); strings.Contains(arg, "://") {
			words[i] = "<url>"
		}
	}
	return words
}
