package driver

import (
	"bytes"
	"flag"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"respbench.dev/respbench/internal/schematest"
	"respbench.dev/respbench/results"
)

var update = flag.Bool("update", false, "write the schema anew")

// closedSets are the only values that fields take.
var closedSets = map[string][]any{
	"Description.Protocol": {Protocol},
	"Description.Speaks":   {SpeaksTrial},
	"Spec.Protocol":        {Protocol},
	"Spec.RESP":            {2, 3},
	"Server.Network":       {"tcp", "unix"},
	"Order.Go":             {true},
	"Event.Event": {
		results.EventBeat, results.EventReady, results.EventStarted, results.EventEnded, results.EventRecord, results.EventError,
	},
}

func TestSchemaIsOfTheTypes(t *testing.T) {
	m := schematest.New(t, "protocol.go")
	m.Closed, m.Open = closedSets, true // what is not known is left alone
	m.Name = func(t reflect.Type) string { return strings.ToLower(t.Name()) }
	made := schematest.Text(t, m.Any("respbench driver", "What respbench and a driver say to each other, and what a driver says of itself. Times are in nanoseconds.",
		Description{}, Spec{}, Order{}, Event{}))
	for name := range closedSets {
		if !m.Used[name] {
			t.Errorf("a closed set of %s, which nothing has", name)
		}
	}
	if *update {
		if err := os.WriteFile("driver.schema.json", made, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(Schema()), string(made)); diff != "" {
		t.Errorf("-file +types:\n%s", diff)
	}
}

func definition(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	if err := c.AddResource("driver.json", instance(t, string(Schema()))); err != nil {
		t.Fatal(err)
	}
	if name != "" {
		name = "#/$defs/" + name
	}
	s, err := c.Compile("driver.json" + name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func instance(t *testing.T, text string) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var (
	blocks   = regexp.MustCompile("(?s)```json\n(.*?)```")
	snippets = regexp.MustCompile("`(\\{\".*?\\})`")
)

func documented(t *testing.T, pattern *regexp.Regexp) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/DRIVERS.md")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, match := range pattern.FindAllStringSubmatch(string(text), -1) {
		found = append(found, match[1])
	}
	return found
}

func TestDocumentedExamplesHaveTheSchema(t *testing.T) {
	examples := documented(t, blocks)
	kinds := []string{"description", "spec", "record"}
	if len(examples) != len(kinds) {
		t.Fatalf("%d examples, expected one of each of %q", len(examples), kinds)
	}
	for i, kind := range kinds {
		if err := definition(t, kind).Validate(instance(t, examples[i])); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		for _, other := range kinds {
			if other != kind && definition(t, other).Validate(instance(t, examples[i])) == nil {
				t.Errorf("the %s passes as a %s", kind, other)
			}
		}
	}
	d, err := parseDescription([]byte(examples[0]))
	if err != nil || d.Name != "python" {
		t.Errorf("the description is not taken: %v", err)
	}
}

func TestDocumentedLinesHaveTheSchema(t *testing.T) {
	lines := slices.DeleteFunc(documented(t, snippets), func(line string) bool { return strings.Contains(line, "...}") })
	if len(lines) < 5 {
		t.Fatalf("only %q", lines)
	}
	for _, line := range lines {
		if err := definition(t, "").Validate(instance(t, line)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	for _, line := range []string{
		`{}`, `[]`, `1`, `{"event":"go"}`, `{"go":false}`, `{"event":"beat","steps":"1"}`,
		`{"event":"record","record":{"window_ns":1}}`, `{"protocol":2}`,
	} {
		if definition(t, "").Validate(instance(t, line)) == nil {
			t.Errorf("%s passes", line)
		}
	}
}

// What respbench sends and takes has the schema.
func TestWhatIsSaidHasTheSchema(t *testing.T) {
	talk := begin(t, testSpec(), testAccess)
	for kind, v := range map[string]any{"spec": talk.Orders()[0], "order": talk.Go(), "event": Event{Event: results.EventRecord, Record: &Record{Samples: []int64{1}}}} {
		if err := definition(t, kind).Validate(instance(t, string(encoded(t, v)))); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
