package driver

import (
	_ "embed"
	"slices"
)

//go:embed driver.schema.json
var schema []byte

// Schema is the JSON Schema (draft 2020-12) of everything that is said between
// respbench and a driver; each of it is among the definitions.
func Schema() []byte { return slices.Clone(schema) }
