package report

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"respbench.dev/respbench/internal/schematest"
	"respbench.dev/respbench/results"
)

// schemaOf are the schemas with the type that each is of.
var schemaOf = map[string]struct {
	title, about string
	document     any
}{
	"results": {"respbench report", "What respbench report --format json writes. What is not known is null.", jsonDocument{}},
	"sweep":   {"respbench sweep", "What respbench sweep --format json writes. What is not known is null.", jsonSweep{}},
	"compare": {
		"respbench comparison", "What respbench compare --format json writes. What is not known or infinite is null.", jsonComparison{},
	},
}

func TestSchemasAreOfTheTypes(t *testing.T) {
	used := map[string]bool{}
	for name, of := range schemaOf {
		m := newSchemaMaker(t)
		golden(t, schemaPath(name), schematest.Text(t, m.Document(of.title, of.about, of.document)))
		maps.Copy(used, m.Used)
	}
	for _, name := range slices.Sorted(maps.Keys(closedSets)) {
		if !used[name] {
			t.Errorf("a closed set of %s, which no document has", name)
		}
	}
}

func TestSchemaNamed(t *testing.T) {
	for _, name := range Schemas() {
		if text, err := Schema(name); err != nil || !json.Valid(text) {
			t.Errorf("%s: %v: %.80s", name, err, text)
		}
	}
	_, err := Schema("x")
	if want := `unknown schema "x"; have results, sweep, compare`; err == nil || err.Error() != want {
		t.Errorf("got %v, expected %s", err, want)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func compiled(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	text, err := Schema(name)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, instance(t, text)); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func instance(t *testing.T, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func writtenJSON[T any](t *testing.T, f FormatOf[T], document T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := f.Write(&out, document, Layout{}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// schemaNamed is that of a document by its keys.
func schemaNamed(document any) string {
	keys, _ := document.(map[string]any)
	switch {
	case keys["curves"] != nil:
		return "sweep"
	case keys["changes"] != nil:
		return "compare"
	}
	return "results"
}

func TestGoldenJSONHasItsSchema(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.json.golden")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		if filepath.Base(path) == "noise.json.golden" {
			continue // of a calibration
		}
		document := instance(t, read(t, path))
		if err := compiled(t, schemaNamed(document)).Validate(document); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestPublishedJSONHasItsSchema(t *testing.T) {
	schema := compiled(t, "results")
	for _, path := range publishedFiles(t) {
		f, err := FormatNamed("json")
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance(t, writtenJSON(t, f, summarizeFile(t, path)))); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func publishedFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../results/published/*.jsonl*")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	return paths
}

// What files hold and their summaries, which tests read and do not change.
var (
	files     = map[string][]results.Run{}
	summaries = map[string]*Summary{}
)

func readFile(t *testing.T, path string) []results.Run {
	t.Helper()
	if files[path] == nil {
		runs, err := results.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = runs
	}
	return files[path]
}

func summarizeFile(t *testing.T, path string) *Summary {
	t.Helper()
	if s := summaries[path]; s != nil {
		return s
	}
	s, err := Summarize(readFile(t, path))
	if err != nil {
		t.Fatal(err)
	}
	summaries[path] = s
	return s
}

func TestPublishedSweepAndComparisonHaveTheirs(t *testing.T) {
	runs, err := results.ReadFile("../results/published/scenario-sweep.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	slo, err := ParseSLO("p99<2ms")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Sweep(runs, SweepOptions{SLO: []Limit{slo}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := SweepFormatNamed("json")
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled(t, "sweep").Validate(instance(t, writtenJSON(t, f, s))); err != nil {
		t.Error(err)
	}
	compare, err := ComparisonFormatNamed("json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"slowed-10", "slowed-tail"} {
		c, err := Compare([]results.Run{publishedSide(t, name, "base")}, []results.Run{publishedSide(t, name, "new")}, defaultRules())
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled(t, "compare").Validate(instance(t, writtenJSON(t, compare, c))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A document that was changed has its schema no longer.
func TestSchemasRefuse(t *testing.T) {
	documents := map[string]string{"results": "open.json.golden", "sweep": "sweep-rate.json.golden", "compare": "compare-verdicts.json.golden"}
	for name, file := range documents {
		schema := compiled(t, name)
		text, err := json.Marshal(firsts(instance(t, read(t, filepath.Join("testdata", file)))))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance(t, text)); err != nil {
			t.Fatal(err)
		}
		for _, edit := range edits(instance(t, text), nil) {
			document := instance(t, text)
			edit.change(at(document, edit.path))
			if err := schema.Validate(document); err == nil {
				t.Errorf("%s: %s at %s passes", name, edit.name, strings.Join(edit.path, "/"))
			}
		}
	}
}

// firsts keeps the first element of each array: the others are alike.
func firsts(v any) any {
	switch v := v.(type) {
	case []any:
		if len(v) > 0 {
			return []any{firsts(v[0])}
		}
	case map[string]any:
		for key, value := range v {
			v[key] = firsts(value)
		}
	}
	return v
}

// An edit is of the object at a path.
type edit struct {
	name   string
	path   []string
	change func(map[string]any)
}

// freeObjects have keys of the run's own.
var freeObjects = []string{"errors", "options", "metrics", "redirects"}

// edits lists them for every object, down to the first of each array.
func edits(v any, path []string) []edit {
	var all []edit
	if list, isList := v.([]any); isList && len(list) > 0 {
		return edits(list[0], append(slices.Clip(path), "0"))
	}
	object, isObject := v.(map[string]any)
	if !isObject {
		return nil
	}
	free := len(path) > 0 && slices.Contains(freeObjects, path[len(path)-1])
	for _, key := range slices.Sorted(maps.Keys(object)) {
		all = append(all, edits(object[key], append(slices.Clip(path), key))...)
		if !free {
			all = append(all,
				edit{"no " + key, path, func(o map[string]any) { delete(o, key) }},
				edit{"another type of " + key, path, func(o map[string]any) { o[key] = []any{map[string]any{}} }})
		}
	}
	if !free {
		all = append(all, edit{"a further field", path, func(o map[string]any) { o["further"] = 1 }})
	}
	return all
}

func at(v any, path []string) map[string]any {
	for _, key := range path {
		if list, isList := v.([]any); isList {
			v = list[0]
			continue
		}
		v = v.(map[string]any)[key]
	}
	return v.(map[string]any)
}
