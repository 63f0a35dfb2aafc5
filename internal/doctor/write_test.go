package doctor

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/results"
)

var written = []results.Finding{
	{Code: "load", About: "machine", Level: isFine, Text: "0.10"},
	{Code: "cpu-governor", About: "machine", Level: isUnknown, Text: "not told", Advice: "look at the host"},
	{Code: "keyspace", About: "lab", Level: isNote, Text: "3 keys", Advice: "measure an empty server"},
	{Code: "steal", About: "machine", Level: isProblem, Text: "9% now", Advice: "a machine of its own"},
}

func TestWriteTable(t *testing.T) {
	const want = `problem  machine  steal         9% now
note     lab      keyspace      3 keys
unknown  machine  cpu-governor  not told
ok       machine  load          0.10

what to do
  steal         a machine of its own
  keyspace      measure an empty server
  cpu-governor  look at the host

1 problem, 1 note, 1 unknown, 1 ok
`
	var got bytes.Buffer
	if err := WriteTable(&got, written, 0); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	got.Reset()
	if err := WriteTable(&got, written[:1], 0); err != nil || got.String() != "ok  machine  load  0.10\n\n0 problems, 0 notes, 0 unknown, 1 ok\n" {
		t.Errorf("all well: %q, %v", got.String(), err)
	}
}

func TestWriteTableWrapped(t *testing.T) {
	long := []results.Finding{
		{Code: "steal", About: "machine", Level: isProblem, Text: "the hypervisor took CPU time away: 9% now, 2% since it started", Advice: "measure on a machine of its own, or an instance with dedicated CPUs"},
		{Code: "load", About: "machine", Level: isFine, Text: "0.10"},
	}
	const want = `problem  machine  steal  the hypervisor took CPU time
                         away: 9% now, 2% since it
                         started
ok       machine  load   0.10

what to do
  steal  measure on a machine of its own, or an
         instance with dedicated CPUs

1 problem, 0 notes, 0 unknown, 1 ok
`
	var got bytes.Buffer
	if err := WriteTable(&got, long, 53); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWriteJSON(t *testing.T) {
	var got bytes.Buffer
	if err := WriteJSON(&got, written); err != nil {
		t.Fatal(err)
	}
	var document struct{ Findings []results.Finding }
	if err := json.Unmarshal(got.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(results.WorstFirst(written), document.Findings); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A full disk takes so many bytes and no more.
type full int

func (f *full) Write(p []byte) (int, error) {
	if *f -= full(len(p)); *f < 0 {
		return 0, errors.New("full")
	}
	return len(p), nil
}

func TestWriteFails(t *testing.T) {
	var whole bytes.Buffer
	if err := WriteTable(&whole, written, 40); err != nil {
		t.Fatal(err)
	}
	for room := range whole.Len() {
		if err := WriteTable(new(full(room)), written, 40); err == nil {
			t.Fatalf("no error with room for %d of %d bytes", room, whole.Len())
		}
	}
}

// TestDocument has docs/DOCTOR.md name the findings that there are, in their
// order.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/DOCTOR.md")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, match := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		named = append(named, match[1])
	}
	tree := Machine{Files: files{}.tree(), Clock: func() Clock { return Clock{} }, Loopback: noLoopback}
	findings := slices.Concat(tree.Examine(t.Context()), Peer{}.Examine("lab"), []results.Finding{SharedCores("lab", Ours, 2, true)})
	var codes []string
	for _, f := range findings {
		codes = append(codes, f.Code)
	}
	if diff := cmp.Diff(codes, named); diff != "" {
		t.Errorf("docs/DOCTOR.md: -code +document:\n%s", diff)
	}
	if !strings.Contains(string(text), "respbench doctor") {
		t.Error("docs/DOCTOR.md does not say how it is called")
	}
}
