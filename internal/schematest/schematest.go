// Package schematest makes JSON Schemas of Go types, for tests that hold the
// schemas of the repository against the types.
package schematest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"reflect"
	"strings"
	"testing"
)

const dialect = "https://json-schema.org/draft/2020-12/schema"

// A Maker makes a schema of Go types. What their fields are is told by the
// comments beside them.
type Maker struct {
	// Closed are the only values that fields take; the name is that of the type
	// and the field. Where a field may be null, so may these.
	Closed map[string][]any
	// OrNull are fields that are null although their types are no pointers.
	OrNull map[string]bool
	// Open is for objects that may have further fields.
	Open bool
	// Name is that of a type among the definitions.
	Name func(reflect.Type) string
	// Used are the fields, of those in Closed and OrNull too, that were there.
	Used map[string]bool

	comments map[string]string // by type and field
	defs     map[string]any
}

// New returns a maker that knows the comments in these files.
func New(t testing.TB, files ...string) *Maker {
	t.Helper()
	m := &Maker{Used: map[string]bool{}, comments: map[string]string{}, defs: map[string]any{}}
	for _, name := range files {
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

// Text is a schema as it lies in its file.
func Text(t testing.TB, schema map[string]any) []byte {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(schema); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (m *Maker) note(typeName string, s *ast.StructType) {
	for _, f := range s.Fields.List {
		for _, name := range f.Names {
			m.comments[typeName+"."+name.Name] = strings.TrimSpace(f.Comment.Text())
		}
	}
}

// Document is the schema of the type of v.
func (m *Maker) Document(title, about string, v any) map[string]any {
	return m.titled(title, about, m.object(reflect.TypeOf(v)))
}

// Any is the schema of whatever has one of the types of values.
func (m *Maker) Any(title, about string, values ...any) map[string]any {
	var choices []any
	for _, v := range values {
		choices = append(choices, m.reference(reflect.TypeOf(v)))
	}
	return m.titled(title, about, map[string]any{"anyOf": choices})
}

func (m *Maker) titled(title, about string, schema map[string]any) map[string]any {
	schema["$schema"], schema["title"], schema["description"], schema["$defs"] = dialect, title, about, m.defs
	return schema
}

func (m *Maker) object(t reflect.Type) map[string]any {
	properties := map[string]any{}
	required := m.properties(t, properties)
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": m.Open}
}

// properties adds those of t, and of what it embeds, and returns the names of
// the required ones.
func (m *Maker) properties(t reflect.Type, to map[string]any) []string {
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

func (m *Maker) field(name string, t reflect.Type) map[string]any {
	null := t.Kind() == reflect.Pointer || m.OrNull[name]
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	schema := m.of(t)
	if set := m.Closed[name]; set != nil {
		schema["enum"] = set
	}
	m.Used[name] = true
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

func (m *Maker) of(t reflect.Type) map[string]any {
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
	case reflect.Uint32:
		return map[string]any{"type": "integer", "minimum": 0, "maximum": math.MaxUint32}
	}
	panic(fmt.Sprintf("no schema of a %s", t))
}

func (m *Maker) reference(t reflect.Type) map[string]any {
	name := m.Name(t)
	if m.defs[name] == nil {
		m.defs[name] = true // it may contain itself
		m.defs[name] = m.object(t)
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}
