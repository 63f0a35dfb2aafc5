package report

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

// The schemas are made from the types that the documents are written from, by
// TestSchemasAreOfTheTypes -update.
//
//go:embed schemas/*.schema.json
var schemas embed.FS

// Schemas lists the JSON documents that have a schema: a report, a sweep and a
// comparison.
func Schemas() []string { return []string{"results", "sweep", "compare"} }

// Schema returns the JSON Schema (draft 2020-12) of one of the Schemas. The
// error names the choices.
func Schema(name string) ([]byte, error) {
	if !slices.Contains(Schemas(), name) {
		return nil, fmt.Errorf("unknown schema %q; have %s", name, strings.Join(Schemas(), ", "))
	}
	return schemas.ReadFile(schemaPath(name))
}

func schemaPath(name string) string { return "schemas/" + name + ".schema.json" }
