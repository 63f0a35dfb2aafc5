package driver

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

func TestEvents(t *testing.T) {
	refusal := func(text string) results.Event { return results.Event{Event: "error", Error: text} }
	no := func(text string) results.Event {
		return refusal("the driver wrote something that is not an event: " + text)
	}
	for _, test := range []struct {
		name  string
		lines string // "go" is not one: the driver is told
		want  results.Event
	}{
		{"ready", `{"event":"ready"}`, results.Event{Event: "ready"}},
		{"beat", `{"event":"beat","steps":5,"further":1}`, results.Event{Event: "beat", Ops: 80, Attempts: 80}},
		{"beat between", "{\"event\":\"ready\"}\n{\"event\":\"beat\"}", results.Event{Event: "beat"}},
		{"started", "{\"event\":\"ready\"}\ngo\n{\"event\":\"started\"}", results.Event{Event: "started"}},
		{"ended", "{\"event\":\"ready\"}\ngo\n{\"event\":\"started\"}\n{\"event\":\"ended\"}", results.Event{Event: "ended"}},
		{"error", `{"event":"error","error":"no hunter22 at\n 127.0.0.1:6379 in /home/me/lib"}`, refusal("no <secret> at <server> in lib")},
		{"error at once", "{\"event\":\"ready\"}\n{\"event\":\"error\",\"error\":\"x\"}", refusal("x")},

		{"garbage", `hello "you"`, no(`"hello \"you\""`)},
		{"long garbage", strings.Repeat("x", 500), no(`"` + strings.Repeat("x", 80) + `"`)},
		{"escapes", "\x1b[2J\xff", no(`"[2J\ufffd"`)},
		{"places", "at /home/me/driver 10.1.2.3:80", no(`"at driver <address>"`)},
		{"a secret", `spec: hunter22`, no(`"spec: <secret>"`)},
		{"half a secret", strings.Repeat("x ", 37) + "hunter22", no(`"` + strings.Repeat("x ", 37) + `<secre"`)},
		{"a secret's event", `{"event":"hunter22"}`, refusal(`the driver wrote an event that is not known: "<secret>"`)},
		{"nothing", ``, no(`""`)},
		{"two events", `{"event":"ready"}{"event":"ready"}`, no(`"{\"event\":\"ready\"}{\"event\":\"ready\"}"`)},
		{"no name", `{"steps":1}`, no(`"{\"steps\":1}"`)},
		{"another type", `{"event":"beat","steps":"1"}`, no(`"{\"event\":\"beat\",\"steps\":\"1\"}"`)},
		{"unknown", `{"event":"progress"}`, refusal(`the driver wrote an event that is not known: "progress"`)},
		{"too long", strings.Repeat(" ", 1<<20) + `{"event":"beat"}`, refusal("the driver wrote a line of more than 1024 KiB")},
		{"negative", `{"event":"beat","steps":-1}`, refusal("the driver wrote a beat of -1 steps")},
		{"many", `{"event":"beat","steps":9223372036854775807}`, refusal("the driver wrote a beat of 9223372036854775807 steps")},

		{"started first", `{"event":"started"}`, refusal(`the driver wrote "started" without "ready" right before it`)},
		{"ready twice", "{\"event\":\"ready\"}\n{\"event\":\"ready\"}", refusal(`the driver wrote "ready" after "ready"`)},
		{"too early", "{\"event\":\"ready\"}\n{\"event\":\"started\"}", refusal("the driver started its clock before it was told to")},
		{"no end", "{\"event\":\"ready\"}\ngo\n{\"event\":\"started\"}\n{\"event\":\"record\"}", refusal(`the driver wrote "record" without "ended" right before it`)},
		{"record at once", `{"event":"record"}`, refusal(`the driver wrote "record" without "ended" right before it`)},
		{"after an error", "{\"event\":\"error\"}\n{\"event\":\"beat\"}", refusal(`the driver wrote "beat" after its error`)},
		{
			"no record", "{\"event\":\"ready\"}\ngo\n{\"event\":\"started\"}\n{\"event\":\"ended\"}\n{\"event\":\"record\"}",
			refusal("the driver wrote a record event without a record"),
		},
	} {
		spec := testSpec()
		spec.Point.Scenario, spec.Point.Load.Depth = "pipelined", 16
		talk := begin(t, spec, testAccess)
		if diff := cmp.Diff(test.want, say(talk, test.lines)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}

// say returns the event of the last line.
func say(talk *Talk, lines string) (last results.Event) {
	for line := range strings.SplitSeq(lines, "\n") {
		if line == "go" {
			talk.Go()
			continue
		}
		last = talk.Event([]byte(line))
	}
	return last
}

func TestReadyTakesTheName(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("open files keep their name")
	}
	talk := begin(t, testSpec(), testAccess)
	path := told(t, talk).Samples
	say(talk, `{"event":"beat"}`)
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	say(talk, `{"event":"ready"}`)
	gone(t, path)
	if err := os.WriteFile(path, nil, 0o600); err != nil { // a driver that opens it late
		t.Fatal(err)
	}
	talk.Close()
	gone(t, path)
}

func TestSamplesAreBounded(t *testing.T) {
	spec := testSpec()
	spec.Limit.Steps = 10
	for bytes, want := range map[int64]string{80: "", 81: "the driver wrote 81 bytes of samples; those of at most 10 steps are 80"} {
		talk := begin(t, spec, testAccess)
		if err := os.Truncate(told(t, talk).Samples, bytes); err != nil {
			t.Fatal(err)
		}
		if got := say(talk, `{"event":"beat"}`).Error; got != want {
			t.Errorf("%d bytes: got %q, expected %q", bytes, got, want)
		}
	}
	talk := begin(t, testSpec(), testAccess)
	if err := os.Truncate(told(t, talk).Samples, mostSamples*sampleBytes+1); err != nil { // sparse
		t.Fatal(err)
	}
	if e := say(talk, `{"event":"beat"}`); e.Event != results.EventError {
		t.Errorf("%+v", e)
	}
}

func FuzzEvent(f *testing.F) {
	f.Add("{\"event\":\"ready\"}\ngo\n{\"event\":\"started\"}\n{\"event\":\"ended\"}\n" +
		`{"event":"record","record":{"window_ns":1,"samples":[0],"errors":{"x":1},"warm":{}}}`)
	f.Add("{\"event\":\"beat\",\"steps\":3}\n{\"event\":\"error\",\"error\":\"\\u001b\"}\nx")
	f.Fuzz(func(t *testing.T, lines string) {
		talk, err := testDriver().Begin(testSpec(), testAccess)
		if err != nil {
			t.Fatal(err)
		}
		defer talk.Close()
		e := say(talk, lines)
		if strings.ContainsFunc(e.Error, unicode.IsControl) || len(e.Error) > 1000 || strings.Contains(e.Error, "hunter22") {
			t.Errorf("%q", e.Error)
		}
		if e.Attempts < 0 || (e.Event == results.EventRecord) != (e.Record != nil) {
			t.Errorf("%+v", e)
		}
	})
}
