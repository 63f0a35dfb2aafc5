package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/internal/server"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	var text bytes.Buffer
	if err := printSchema(&text); err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(&text)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("plan.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("plan.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// fits reports whether an editor that knows the schema would accept the text.
func fits(t *testing.T, schema *jsonschema.Schema, text []byte) error {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	plain, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(instance)
}

// Every example is a plan, and an editor says so.
func TestExamplePlans(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	paths, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(paths) < 4 {
		t.Fatalf("%d examples, %v", len(paths), err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := fits(t, schema, content); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		o, err := readExample(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		places := []*place{{kind: server.Spawned}}
		for range max(len(o.servers), 1) - 1 {
			places = append(places, &place{kind: server.Embedded})
		}
		a := &app{libraries: all.Libraries()}
		if _, err := a.plan(t.Context(), o, places, nil); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func readExample(path string) (*runOptions, error) {
	o := &runOptions{}
	c := (&app{libraries: all.Libraries()}).runCommandOf(o)
	if err := o.readPlan(path, c.Flags()); err != nil {
		return nil, err
	}
	if err := o.validate(c.Flags()); err != nil {
		return nil, err
	}
	return o, o.planned()
}

// An editor accepts what respbench accepts, and nothing else.
func TestPlanSchema(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	for text, fit := range map[string]bool{
		"scenarios: [sync]": true,
		"scenarios: [{name: concurrent, workers: [1, 10], rate: 5k}]":                   true,
		"scenarios: [{name: command, command: ['GET {key}', {line: PING, weight: 2}]}]": true,
		"servers: [{server: redis-server, label: a}]\nscenarios: [sync]":                true,
		"scenarios: [{name: command, command: {line: PING, weight: 2}}]":                true,
		"scenarios: [{name: command, command: 'GET {key}'}]":                            true,
		"clients: raw":                                             false,
		"clients: []\nscenarios: [sync]":                           false,
		"clients: ''\nscenarios: [sync]":                           false,
		"fail-on: ['']\nscenarios: [sync]":                         false,
		"servers: []\nscenarios: [sync]":                           false,
		"servers: [{url: ''}]\nscenarios: [sync]":                  false,
		"scenarios: []":                                            false,
		"scenarios: [snyc]":                                        false,
		"scenarios: [{workers: 1}]":                                false,
		"scenarios: [{name: sync, rounds: 5}]":                     false,
		"scenarios: [sync]\nround: 5":                              false,
		"servers: [{address: a}]\nscenarios: [sync]":               false,
		"scenarios: [{name: command, command: [{weight: 2}]}]":     false,
		"scenarios: [sync]\nscenario: [{name: sync, workers: {}}]": false,
	} {
		if err := fits(t, schema, []byte(text)); (err == nil) != fit {
			t.Errorf("%q: %v, want accepted: %v", text, err, fit)
		}
	}
	for _, key := range []string{"rounds", "seed", "target-ci"} {
		if slices.Contains(entryKeys(), key) || !slices.Contains(topKeys(), key) {
			t.Errorf("%s is of the whole run", key)
		}
	}
}

// What is left out of plans by name is a flag.
func TestNotInPlans(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Concat(notInPlans, runWide) {
		if planFlags().Lookup(name) == nil {
			t.Errorf("no flag %q", name)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	words := []string{"rounds", "workers", "rate", "keys", "conns", "batch-delay"}
	for text, want := range map[string]string{
		"round": "rounds", "Workers": "workers", "WORKERS": "workers", "rates": "rate", "conn": "conns", "batch_delya": "batch-delay",
		"": "", "foo": "", "x": "", "kes": "keys", "threads": "", "connections": "",
	} {
		if got := nearest(text, words); got != want {
			t.Errorf("%q is nearest to %q, not %q", text, want, got)
		}
	}
}
