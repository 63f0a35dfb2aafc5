package runner

import (
	"fmt"
	"strings"
	"testing"

	"respbench.dev/respbench/results"
)

// What a program of others says in our own words is held to what a file may
// hold.
func TestForeignRecords(t *testing.T) {
	talk := foreignTalk{trialTalk{access: results.Access{Username: "readonly", Password: "hunter22"}}}
	many := ""
	for i := range mostNames + 1 {
		many += fmt.Sprintf(`,"%d":"x"`, i)
	}
	for line, want := range map[string]string{
		`{"event":"record"}`: "its record: there is none",
		`{"event":"record","record":{"stopped":true,"window_ns":-5}}`:                       "its record: window -5ns",
		`{"event":"record","record":{"window_ns":5}}`:                                       "its record: ok, but no kind of op",
		`{"event":"record","record":{"stopped":true,"errors":{"in /home/me":1}}}`:           "its record: a name that cannot be stored: in me",
		`{"event":"record","record":{"stopped":true,"sent":{"hunter22":{}}}}`:               "its record: a name that cannot be stored: <secret>",
		`{"event":"record","record":{"stopped":true,"metrics":[{"unit":"a\u001b"}]}}`:       "its record: a name that cannot be stored: a",
		`{"event":"record","record":{"stopped":true,"first_errors":{"x":"x"` + many + `}}}`: "its record: 66 names of a sort; at most 64",
		`{"event":"record","record":{"stopped":true,"errors":{"readonly":1}}}`:              "",
		`{"event":"error","error":"no hunter22\nat /home/me/x 10.1.2.3:80"}`:                "no <secret> at x <address>",
		`{"event":"beat","attempts":1}`:                                                     "",
		`no`:                                                                                "wrote something that is not an event",
	} {
		if e := talk.Event([]byte(line)); e.Error != want || (e.Error != "") != (e.Event == results.EventError) {
			t.Errorf("%.100s: %+v, want %q", line, e, want)
		}
	}
}

func TestForeignTexts(t *testing.T) {
	talk := foreignTalk{trialTalk{access: results.Access{Password: "hunter22"}}}
	e := talk.Event([]byte(`{"event":"record","record":{"failure":"no\nhunter22","first_errors":{"a\nb":"` + strings.Repeat("x", 1000) +
		`"},"resolved":{"options":{"/home/me/o":"10.1.2.3:80"}}}}`))
	m := e.Record
	if m == nil || m.Failure != "no <secret>" || m.FirstErrs["a b"] != strings.Repeat("x", 200) || m.Resolved.Options["o"] != "<address>" {
		t.Errorf("%+v, %+v", e, m)
	}
}
