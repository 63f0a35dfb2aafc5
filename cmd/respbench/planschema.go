package main

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"respbench.dev/respbench/scenarios"
)

// Keys of a plan that are no flags, and flags of run that are no keys.
var (
	notInPlans = []string{"scenarios", "dry-run", "weight", "server-label", "progress"}
	runWide    = []string{"rounds", "seed", "target-ci"} // not of one scenario
)

// A level is a mapping of a plan, with keys of its own.
type level struct {
	name    string // where it is
	example string
	keys    func() []string
}

var (
	topLevel     = level{"at the top", "scenarios: [sync]", topKeys}
	entryLevel   = level{"in a scenario", "name: sync", entryKeys}
	serverLevel  = level{"in servers", "server: redis-server", serverKeys}
	commandLevel = level{"in a command", "{line: 'GET {key}', weight: 3}", func() []string { return []string{"line", "weight"} }}
)

// addPlan adds the flags that a plan may hold.
func (o *runOptions) addPlan(f *pflag.FlagSet) {
	o.addWhat(f)
	o.addHow(f)
	o.addConclusion(f)
	o.addShown(f)
}

// runFlags are all of run.
func runFlags() *pflag.FlagSet { return (&app{}).runCommandOf(&runOptions{}).Flags() }

func planFlags() *pflag.FlagSet {
	f := pflag.NewFlagSet("plan", pflag.ContinueOnError)
	(&runOptions{}).addPlan(f)
	return f
}

func names(f *pflag.FlagSet, keep func(*pflag.Flag) bool) (list []string) {
	f.VisitAll(func(f *pflag.Flag) {
		if keep(f) {
			list = append(list, f.Name)
		}
	})
	return list
}

// topKeys are the keys at the top of a plan.
func topKeys() []string {
	flags := names(planFlags(), func(f *pflag.Flag) bool {
		return !slices.Contains(notInPlans, f.Name)
	})
	return append(flags, "servers", "scenarios")
}

// entryKeys are those of a scenario: what is run, and not how or how often.
func entryKeys() []string {
	f := pflag.NewFlagSet("scenario", pflag.ContinueOnError)
	(&runOptions{}).addWhat(f)
	return append(names(f, func(f *pflag.Flag) bool {
		return !slices.Contains(notInPlans, f.Name) && !slices.Contains(runWide, f.Name)
	}), "name")
}

// serverKeys are those of a server.
func serverKeys() []string {
	f := pflag.NewFlagSet("server", pflag.ContinueOnError)
	(&serverFlags{}).addServer(f)
	return append(names(f, func(*pflag.Flag) bool { return true }), "label")
}

// planSchema is the JSON Schema of a plan, for editors.
func planSchema() map[string]any {
	flags := planFlags()
	server := pflag.NewFlagSet("server", pflag.ContinueOnError)
	(&serverFlags{}).addServer(server)
	entry := schemaOf(flags, entryKeys())
	entry["properties"].(map[string]any)["name"] = map[string]any{"enum": scenarioNames(), "description": "the scenario"}
	entry["required"] = []string{"name"}
	servers := schemaOf(server, serverKeys())
	servers["properties"].(map[string]any)["label"] = map[string]any{"type": []string{"string", "number"}, "minLength": 1, "description": "name of the server in reports"}
	top := schemaOf(flags, topKeys())
	top["properties"].(map[string]any)["servers"] = map[string]any{
		"type": "array", "minItems": 1, "items": servers, "description": "servers on which all is measured, in turns (default: one that is started)",
	}
	top["properties"].(map[string]any)["scenarios"] = map[string]any{
		"type": "array", "minItems": 1, "description": "what is run", "items": map[string]any{"anyOf": []any{map[string]any{"enum": scenarioNames()}, entry}},
	}
	top["required"] = []string{"scenarios"}
	top["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	top["title"] = "respbench plan"
	return top
}

func printSchema(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(planSchema())
}

func scenarioNames() (list []string) {
	for _, s := range scenarios.All() {
		list = append(list, s.Name)
	}
	return list
}

// schemaOf has a property for each key that is a flag.
func schemaOf(flags *pflag.FlagSet, keys []string) map[string]any {
	properties := map[string]any{}
	for _, key := range keys {
		if f := flags.Lookup(key); f != nil {
			properties[key] = schemaOfFlag(f)
		}
	}
	return map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
}

func schemaOfFlag(f *pflag.Flag) map[string]any {
	doc, _, _ := strings.Cut(f.Usage, "\n")
	value := map[string]any{"type": []string{"string", "number"}, "minLength": 1}
	if f.Value.Type() == "bool" {
		value = map[string]any{"type": "boolean"}
	}
	if f.Name == "command" {
		value = map[string]any{"anyOf": []any{value, map[string]any{
			"type": "object", "additionalProperties": false, "required": []string{"line"},
			"properties": map[string]any{"line": map[string]any{"type": "string", "minLength": 1}, "weight": map[string]any{"type": "integer", "minimum": 1}},
		}}}
	}
	if _, isList := f.Value.(pflag.SliceValue); !isList {
		value["description"] = doc
		return value
	}
	return map[string]any{"description": doc, "anyOf": []any{value, map[string]any{"type": "array", "minItems": 1, "items": value}}}
}
