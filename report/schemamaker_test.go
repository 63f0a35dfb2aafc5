package report

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"

	"respbench.dev/respbench/internal/stats"
	"respbench.dev/respbench/results"
)

// closedSets are the only values that fields take; the name is that of the type
// and the field. Where a field may be null, so may these.
var closedSets = map[string][]any{
	"jsonDocument.Schema":   {jsonSchema},
	"jsonSweep.Schema":      {sweepSchema},
	"jsonComparison.Schema": {comparisonSchema},
	"jsonSweep.Type":        {"sweep"},

	"jsonRow.Status":         {ok, partial, failed, skipped, interrupted},
	"jsonLoad.Arrivals":      {results.Uniform, results.Poisson},
	"jsonServer.Kind":        {"remote", "spawned", "embedded"},
	"jsonServer.Mode":        {results.Standalone, results.Sentinel, results.Cluster},
	"jsonServer.Transport":   {"tcp", "unix", "tls"},
	"jsonSettings.Context":   {"background", "deadline", "cancel"},
	"jsonSettings.RESP":      {2, 3},
	"jsonSettings.Isolation": {"process", "none"},
	"jsonPlacement.Pin":      {"split", "same", "custom", "none"},
	"jsonMetric.Better":      {"higher", "lower"},

	"jsonCurve.By":        {string(ByWorkers), string(ByRate)},
	"jsonCrossing.Metric": metricNames(),

	"jsonResult.Name":     {"not decidable", "lacking", "regression", "unsettled", "passed"},
	"jsonResult.ExitCode": {0, 3, 4, 5, 6},
	"jsonChange.Metric":   metricNames(),
	"jsonBreach.Metric":   metricNames(),
	"jsonChange.Unit":     {"ops/s", "ns", "us/op", "1/op", "B/op", "1"},
	"jsonChange.Better":   {"higher", "lower"},
	"jsonChange.Verdict": {
		string(stats.Regressed), string(stats.Improved), string(stats.Unchanged), string(stats.Inconclusive),
		string(Incomparable), string(Missing),
	},
	"jsonChange.Cause": {
		string(stats.CannotTell), string(stats.TooFew), string(stats.TooNoisy), string(stats.AtThreshold), string(stats.NotSignificant),
	},
}

// orNull are fields that are null although their types are no pointers.
var orNull = map[string]bool{"jsonSettings.Options": true}

func metricNames() []any {
	var names []any
	for _, m := range Metrics() {
		names = append(names, m.Name)
	}
	return names
}

// A schemaMaker makes a schema of Go types. What their fields are is told by the
// comments beside them.
type schemaMaker struct {
	comments map[string]string // by type and field
	defs     map[string]any
	used     map[string]bool // of closedSets and orNull
}

// typeFiles hold the types of the documents.
var typeFiles = []string{"json.go", "jsonload.go", "jsondisturb.go", "sweepjson.go", "comparejson.go", "../results/trial.go"}

func newSchemaMaker(t *testing.T) *schemaMaker {
	t.Helper()
	m := &schemaMaker{comments: map[string]string{}, defs: map[string]any{}, used: map[string]bool{}}
	for _, name := range typeFiles {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, isType := n.(*ast.TypeSpec); isType {
				if s, isStruct := spec.Type.(*ast.StructType); isStruct {
					m.note(spec.Name.Name, s)
				}
			}
			return true
		})
	}
	return m
}

func (m *schemaMaker) note(typeName string, s *ast.StructType) {
	for _, f := range s.Fields.List {
		for _, name := range f.Names {
			m.comments[typeName+"."+name.Name] = strings.TrimSpace(f.Comment.Text())
		}
	}
}

// document is the schema of the type of v.
func (m *schemaMaker) document(title, about string, v any) map[string]any {
	schema := m.object(reflect.TypeOf(v))
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"], schema["description"] = title, about
	schema["$defs"] = m.defs
	return schema
}

func (m *schemaMaker) object(t reflect.Type) map[string]any {
	properties := map[string]any{}
	required := m.properties(t, properties)
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// properties adds those of t, and of what it embeds, and returns the names of
// the required ones.
func (m *schemaMaker) properties(t reflect.Type, to map[string]any) []string {
	required := []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			required = append(required, m.properties(f.Type, to)...)
			continue
		case option != "omitempty":
			required = append(required, name)
		}
		to[name] = m.field(t.Name()+"."+f.Name, f.Type)
	}
	return required
}

func (m *schemaMaker) field(name string, t reflect.Type) map[string]any {
	null := t.Kind() == reflect.Pointer || orNull[name]
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	schema := m.of(t)
	if set := closedSets[name]; set != nil {
		schema["enum"] = set
	}
	m.used[name] = true
	if null {
		schema = nullable(schema)
	}
	if about := m.comments[name]; about != "" {
		schema["description"] = about
	}
	return schema
}

func nullable(schema map[string]any) map[string]any {
	if schema["$ref"] != nil {
		return map[string]any{"anyOf": []any{schema, map[string]any{"type": "null"}}}
	}
	schema["type"] = []any{schema["type"], "null"}
	if set, closed := schema["enum"].([]any); closed {
		schema["enum"] = append(set[:len(set):len(set)], nil)
	}
	return schema
}

func (m *schemaMaker) of(t reflect.Type) map[string]any {
	switch t.Kind() {
	case reflect.Pointer:
		return nullable(m.of(t.Elem()))
	case reflect.Struct:
		return m.reference(t)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": m.of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": m.of(t.Elem())}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	}
	panic(fmt.Sprintf("no schema of a %s", t))
}

func (m *schemaMaker) reference(t reflect.Type) map[string]any {
	name, ours := strings.CutPrefix(t.Name(), "json")
	if !ours {
		name = "Results" + name
	}
	name = strings.ToLower(name[:1]) + name[1:]
	if m.defs[name] == nil {
		m.defs[name] = true // it may contain itself
		m.defs[name] = m.object(t)
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}
