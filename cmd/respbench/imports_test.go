package main

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "respbench.dev/respbench"

// library stands for each package of a client library, one under clients that
// the table does not name.
const library = "clients/<library>"

// mayImport says which of our packages a package may import; test files are
// free. What ends in "/..." is a package and those below it; "!" forbids.
// A further package needs a line here and a good reason.
var mayImport = map[string][]string{
	"cmd/respbench":   {"..."},
	"clients":         {},
	library:           {"clients"},
	"clients/raw":     {"clients", "internal/resp"},
	"clients/fake":    {"clients"},
	"clients/all":     {"clients/..."},
	"scenarios":       {"clients", "internal/engine", "internal/gen"},
	"results":         {},
	"report":          {"results", "internal/stats", "report/document", "report/page", "report/svg"},
	"report/document": {},
	"report/page":     {"report/document"},
	"report/svg":      {"report/document"},
	"internal/engine": {},
	"internal/gen":    {},
	"internal/resp":   {},
	"internal/proc":   {},
	"internal/stats":  {},
	"internal/server": {"internal/resp", "internal/proc", "results"},
	"internal/plan":   {"clients", "scenarios", "internal/gen", "results"},
	"internal/trial":  {"clients", "scenarios", "internal/engine", "results"},
	"internal/runner": {
		"internal/plan", "internal/trial", "internal/driver", "internal/proc", "internal/server", "internal/gen", "internal/stats", "results",
	},
	// Programs of others that execute trials, and one that is wrapped as such.
	"clients/drivers":         {},
	"clients/drivers/glide":   {"clients", "scenarios", "internal/driver", "internal/trial"}, // a module of its own
	"internal/driver":         {"clients/drivers", "clients", "scenarios", "internal/engine", "internal/proc", "internal/trial", "results"},
	"internal/driver/check":   {"internal/driver", "internal/runner", "internal/server", "internal/proc", "internal/gen", "internal/resp", "results"},
	"internal/redisbenchmark": {"clients", "internal/trial", "internal/proc", "results"},
	"internal/progress":       {"results"},
	"internal/doctor":         {"internal/server", "results"},

	// The suite measures nothing: it needs a server to talk to, also ours.
	"clients/clientstest":      {"clients", "internal/server/...", "internal/servertest", "internal/faultproxy"},
	"internal/server/embedded": {"internal/resp"},
	// For tests: real servers, a way to break connections to them, and schemas.
	"internal/servertest": {"internal/proc", "internal/resp"},
	"internal/faultproxy": {},
	"internal/schematest": {},
	// Programs for developers, apart from respbench.
	"internal/delayline": {},
	"internal/overhead":  {"...", "!cmd/respbench"},
}

func TestImports(t *testing.T) {
	t.Parallel()
	packages := imports(t, sources(t))
	for name, imported := range packages {
		rules := rulesOf(name)
		if rules == nil {
			t.Errorf("package %s is not in the table", name)
		}
		for _, other := range imported {
			if !allowed(rules, other) {
				t.Errorf("%s imports %s; it may import %q", name, other, rules)
			}
		}
	}
	for name := range mayImport {
		if _, exists := packages[name]; !exists && name != library {
			t.Errorf("the table has a package that does not exist: %s", name)
		}
	}
}

func rulesOf(name string) []string {
	if rules, listed := mayImport[name]; listed {
		return rules
	}
	if path.Dir(name) == "clients" {
		return mayImport[library]
	}
	return nil
}

func allowed(rules []string, name string) bool {
	if slices.Contains(rules, "!"+name) {
		return false
	}
	return slices.ContainsFunc(rules, func(rule string) bool {
		root, tree := strings.CutSuffix(rule, "...")
		return rule == name || tree && (strings.HasPrefix(name, root) || name == strings.TrimSuffix(root, "/"))
	})
}

// The rules themselves: a table that allowed everything would pass.
func TestImportRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from, to string
		want     bool
	}{
		{"clients/rueidis", "clients", true},
		{"clients/rueidis", "internal/resp", false},
		{"clients/rueidis", "clients/raw", false},
		{"clients/raw", "internal/resp", true},
		{"clients/all", "clients/raw", true},
		{"clients/all", "clients", true},
		{"clients/all", "clientsother", false},
		{"scenarios", "clients/all", false},
		{"internal/overhead", "clients/all", true},
		{"internal/overhead", "cmd/respbench", false},
		{"internal/server", "internal/server/embedded", false},
		{"internal/new", "results", false},
	}
	for _, test := range tests {
		if got := allowed(rulesOf(test.from), test.to); got != test.want {
			t.Errorf("%s may import %s: %v, want %v", test.from, test.to, got, test.want)
		}
	}
}

// longestFile is in lines; test files are held to it too.
const longestFile = 500

func TestFileLengths(t *testing.T) {
	t.Parallel()
	for file := range sources(t) {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(text, []byte("\n")); lines > longestFile {
			t.Errorf("%s has %d lines, more than %d", file, lines, longestFile)
		}
	}
}

// root is the module's folder.
var root = filepath.Join("..", "..")

// sources are all Go files of the module, slash-separated, and whether each is
// a test.
func sources(t *testing.T) map[string]bool {
	t.Helper()
	files := map[string]bool{}
	err := fs.WalkDir(os.DirFS(root), ".", func(file string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != "." && (name[0] == '.' || name[0] == '_' || name == "testdata"):
			return fs.SkipDir
		case path.Ext(name) == ".go":
			files[file] = strings.HasSuffix(name, "_test.go")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no Go files")
	}
	return files
}

// imports are the packages with what each imports of ours, its tests aside.
func imports(t *testing.T, files map[string]bool) map[string][]string {
	t.Helper()
	packages := map[string]map[string]bool{}
	for file, isTest := range files {
		if isTest {
			continue
		}
		name := path.Dir(file)
		if packages[name] == nil {
			packages[name] = map[string]bool{}
		}
		for _, other := range importsOf(t, file) {
			packages[name][other] = true
		}
	}
	sorted := map[string][]string{}
	for name, set := range packages {
		sorted[name] = slices.Sorted(maps.Keys(set))
	}
	return sorted
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", file, err))
	}
	var ours []string
	for _, spec := range parsed.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := strings.CutPrefix(name, module+"/"); ok {
			ours = append(ours, other)
		}
	}
	return ours
}
