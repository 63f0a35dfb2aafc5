package check

import (
	"strings"
	"testing"
)

// What is sent is read as "S0=a" and "G0", of two workers with three keys.
func TestInOrder(t *testing.T) {
	sh := shape{workers: 2, keyspace: 3}
	for log, want := range map[string]string{
		"S0=a G0 S1=a G1 S2=a G2 S0=b S1=b G0 G1": "",
		"S0=a S1=a G1 G0 S2=a G2 S1=b G1 S0=b G0": "",
		"S0=a G0":                     "worker 1 did nothing",
		"S1=a G1 S0=a":                "key 0 was set and never read",
		"S0=a G0 S0=b G0 S1=a G1":     "worker 0: it took key 0, its turn was key 2",
		"S2=a G2 S1=a G1":             "worker 0: it took key 2, its turn was key 0",
		"G0 S1=a":                     "a GET of key 0 came without its SET",
		"S0=a S2=a":                   "a SET of key 2 came before the GET of key 0",
		"S0=a G2":                     "a GET of key 2 came without its SET",
		"S0=a G0 G0":                  "a GET of key 0 came without its SET",
		"S0=a G0 S1=a G1 S1=a G1":     "key 1: two SETs in a row of the same value",
		"S0=loaded":                   "key 0: two SETs in a row of the same value",
		"S0=long":                     "key 0: a value has 66 bytes, asked for were 33",
		"S0=high":                     "key 0: a value is not ASCII",
		"S3=a":                        `"p:3", which is no key of the trial's`,
		"S-1=a":                       `"p:-1", which is no key of the trial's`,
		"S00=a":                       `"p:00", which is no key of the trial's`,
		"G\x1b[2J":                    `"p:\x1b[2J", which is no key of the trial's`,
		"S0=a G0 S2=a G2 S2=a S1=a":   "worker 0: it took key 2, its turn was key 0",
		"S0=a G0 S1=a G1 S0=b G0 S1=": "worker 0: it took key 0, its turn was key 2",
	} {
		err := inOrder(logOf(log), "p:", sh, func(int) string { return valueOf("loaded") })
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", log, err, want)
		}
	}
	if err := inOrder([]command{{"SET", "q:0", valueOf("a")}}, "p:", sh, valueOfKey); err == nil {
		t.Error("a key of another prefix passes")
	}
}

func valueOfKey(int) string { return "" }

func valueOf(name string) string {
	switch name {
	case "long":
		return strings.Repeat("x", 2*dataSize)
	case "high":
		return "\u00e9" + strings.Repeat("x", dataSize-2)
	}
	return strings.Repeat(name[:min(1, len(name))]+"x", dataSize)[:dataSize]
}

func logOf(text string) (log []command) {
	for word := range strings.SplitSeq(text, " ") {
		key, value, _ := strings.Cut(word[1:], "=")
		c := command{name: "GET", key: "p:" + key}
		if word[0] == 'S' {
			c.name, c.value = "SET", valueOf(value)
		}
		log = append(log, c)
	}
	return log
}

func TestTame(t *testing.T) {
	for text, want := range map[string]string{
		"a  b\nc":                  "a b c",
		"\x1b[31mred\u202e":        "?[31mred?",
		strings.Repeat("x", 1_000): strings.Repeat("x", longest) + "...",
	} {
		if got := tame(text); got != want {
			t.Errorf("%q: got %q", text, got)
		}
	}
}
