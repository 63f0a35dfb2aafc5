package scenarios

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseLines(t *testing.T) {
	got, err := ParseLines([]string{" HSET {key}  f {value} ", "get {key}"}, []int{3, 1})
	if want := "3 HSET {key}  f {value}\n1 get {key}"; got != want || err != nil {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	l := Load{Lines: got}
	var kinds []string
	for _, k := range kindsOfLines(l) {
		kinds = append(kinds, k.Name+" = "+strings.Join(k.Commands, " "))
	}
	if diff := cmp.Diff([]string{"HSET {key}  f {value} = HSET", "get {key} = GET"}, kinds); diff != "" {
		t.Error(diff)
	}
	if err := checkCommand(l); err != nil {
		t.Error(err)
	}
}

func TestReadLines(t *testing.T) {
	lines, weights, err := ReadLines("# a comment\n\nGET {key}\r\n  12 HSET {key} f 5\n")
	if diff := cmp.Diff([]string{"GET {key}", "HSET {key} f 5"}, lines) + cmp.Diff([]int{1, 12}, weights); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for text, want := range map[string]string{
		"":                         "there is no command in it",
		"# GET {key}\n":            "there is no command in it",
		"GET {key}\n0 SET {key} x": `line 2: "SET {key} x": weight 0: must be at least 1`,
		"\n-1 GET {key}":           `line 2: "GET {key}": weight -1: must be at least 1`,
		"99999999999999999999 GET": `line 1: "99999999999999999999 GET": weight 99999999999999999999: must be a whole number from 1 on`,
		"3":                        `line 1: "": empty command`,
		"GET {ke}":                 `line 1: "GET {ke}": {ke}: unknown placeholder`,
	} {
		if _, _, err := ReadLines(text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v; want %s", text, err, want)
		}
	}
}

func TestWrongLines(t *testing.T) {
	for line, want := range map[string]string{
		"":                      "empty command; have a line as redis-cli takes it: GET {key}",
		"  ":                    "empty command",
		"ECHO }a{{rand 1}":      "a } closes nothing; have {key}, {key NAME}, {value}, {rand N}, {range A B}, and {{ for a brace",
		"GET {key":              `"{key" is not closed; have {key}, {key NAME}, {value}, {rand N}, {range A B}, and {{ for a brace`,
		"GET {}":                "{}: empty placeholder; have {key}",
		"GET {keys}":            "{keys}: unknown placeholder; have {key}",
		"GET {key a b}":         "{key a b}: takes one name of letters, digits and dashes, or none",
		"GET {key a:b}":         "{key a:b}: takes one name of letters, digits and dashes, or none",
		"SET {key} {value 5}":   "{value 5}: unknown placeholder",
		"SET {key} {rand}":      "{rand}: unknown placeholder",
		"SET {key} {rand 0}":    "{rand 0}: takes a whole number from 1 on",
		"SET {key} {rand x}":    "{rand x}: takes a whole number from 1 on",
		"SET {key} {range 1}":   "{range 1}: unknown placeholder",
		"SET {key} {range 2 1}": "{range 2 1}: takes two whole numbers, the second not below the first",
		"SET {key} {range -9223372036854775808 9223372036854775807}": "{range -9223372036854775808 9223372036854775807}: has too many numbers",
		`SET {key} "a`:                  "a quote is not closed",
		`SET {key} "a"b`:                "something follows a closing quote",
		"{key} GET":                     "begins with no name of a command",
		`"" GET`:                        "begins with no name of a command",
		"SUBSCRIBE {key}":               "SUBSCRIBE is not sent: it changes or takes over the connection, which others may share",
		"multi":                         "MULTI is not sent: a transaction cannot be sent in single commands",
		"BLPOP {key} 1":                 "BLPOP is not sent: it waits in the server; see queue and queue-streams",
		"FLUSHALL":                      "FLUSHALL is not sent: it reaches keys that are not respbench's own",
		"CONFIG GET maxmemory":          "CONFIG is not sent: it changes or asks the server itself",
		"PUBLISH a b":                   "PUBLISH is not sent: it would reach other people's subscribers; see pubsub",
		"EVAL 'return 1' 0":             "EVAL is not sent: what a script sends, the server counts as commands too",
		"JSON.MSET {key} $ 1 other $ 1": "JSON.MSET is not sent: it may have keys that are not respbench's own",
		"json.mget {key} other $":       "JSON.MGET is not sent: it may have keys",
		"MSETEX {key} 1 other v":        "MSETEX is not sent: it may have keys",
		"TS.MADD {key} 1 1 other 1 1":   "TS.MADD is not sent: it may have keys",
		"TS.CREATERULE {key} other":     "TS.CREATERULE is not sent: it may have keys",
		"TS.DELETERULE {key} other":     "TS.DELETERULE is not sent: it may have keys",
		"CMS.MERGE {key} 1 other":       "CMS.MERGE is not sent: it may have keys",
		"TDIGEST.MERGE {key} 1 other":   "TDIGEST.MERGE is not sent: it may have keys",
		"AI.TENSORSET {key}":            "AI.TENSORSET is not sent: it may have keys",
		"FT.CREATE {key} ON HASH":       "FT.CREATE is not sent: its indexes are of keys that are not respbench's own",
		"XREAD BLOCK 0 STREAMS {key} $": "XREAD is not sent with BLOCK",
		"SORT {key} STORE x":            "SORT is not sent with STORE",
		"GET foo":                       "each key must be {key} alone: no other keys are respbench's own",
		"GET {key}:x":                   "each key must be {key} alone",
		"GET {value}":                   "each key must be {key} alone",
		"DEL {key} other":               "each key must be {key} alone",
		"MSET {key} a other b":          "each key must be {key} alone",
		"RENAME {key} other":            "each key must be {key} alone",
		"BITOP AND other {key}":         "each key must be {key} alone",
		"ZUNIONSTORE other 1 {key}":     "each key must be {key} alone",
		"ZUNION 2 {key} other":          "each key must be {key} alone",
		"ZUNION 2 {key}":                `"2" is not the number of keys that follow`,
		"ZUNION {key}":                  `"" is not the number of keys that follow`,
		"ZUNION":                        "the number of keys is missing",
		"XREAD STREAMS {key} other 0 0": "each key must be {key} alone",
		"XREAD COUNT 1":                 "STREAMS is missing",
		"FROBNICATE":                    "has no {key}",
		"GET":                           "has no {key}",
		"OBJECT ENCODING":               "has no {key}",
		"SET\n{key} x":                  "is more than one line",
	} {
		_, err := ParseLines([]string{line}, []int{1})
		if full := strings.TrimSpace(line); err == nil || !strings.HasPrefix(err.Error(), `"`+strings.ReplaceAll(strings.ReplaceAll(full, `"`, `\"`), "\n", `\n`)+`": `+want) {
			t.Errorf("%q: %v; want %s", line, err, want)
		}
	}
	for weight, want := range map[int]string{0: `"GET {key}": weight 0: must be at least 1`, -3: `"GET {key}": weight -3: must be at least 1`} {
		if _, err := ParseLines([]string{"GET {key}"}, []int{weight}); err == nil || err.Error() != want {
			t.Errorf("%v; want %s", err, want)
		}
	}
	if _, err := ParseLines([]string{"GET {key}", "GET {key}"}, []int{1, 2}); err == nil || err.Error() != `"GET {key}": is there twice; give it a weight` {
		t.Errorf("%v", err)
	}
}

// What was read is read again, and knows its keys.
func FuzzParseLine(f *testing.F) {
	for _, line := range []string{
		"GET {key}", "HSET {key} f {value}", `SET {key} "a\x41{rand 5}"`, "MSET {key} {value} {key} {value}", "XREAD STREAMS {key} 0", "{{", `ECHO '\`,
		"ZUNION 1 {key}", "OBJECT", "XREAD STREAMS", "MSET", "SET {key} ''", "1 GET {key}", "ECHO {key}",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		text, err := ParseLines([]string{line}, []int{2})
		if err != nil {
			return
		}
		lines, err := commandLines(Load{Lines: text})
		if err != nil || len(lines) != 1 || lines[0].weight != 2 {
			t.Fatalf("%q is %q, which is %+v, %v", line, text, lines, err)
		}
		for _, at := range lines[0].keys {
			if !lines[0].words[at].is(keyPart) {
				t.Fatalf("%q: word %d is no key", line, at)
			}
		}
		kindsOfLines(Load{Lines: text})
	})
}
