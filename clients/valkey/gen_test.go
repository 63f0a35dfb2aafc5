package valkey_test

import (
	"bytes"
	"flag"
	"go/format"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "make the other files of this package anew")

const (
	origin    = "../rueidis"
	generator = "gen_test.go" // the only file here that people write
	header    = "// Code generated from clients/rueidis by " + generator + ", with -update. DO NOT EDIT.\n\n"
)

// twin says what valkey-go calls otherwise than rueidis, from which it was
// forked; the first that fits is taken. The sections of the READMEs have the
// same names, and so has the variable RUEIDIS_QUEUE_TYPE, which valkey-go reads.
var twin = strings.NewReplacer(
	"github.com/redis/rueidis", "github.com/valkey-io/valkey-go",
	"rueidis.IsRedisNil", "valkey.IsValkeyNil",
	"rueidis.Redis", "valkey.Valkey", // its types
	"rueidis", "valkey",
)

// TestGenerated holds this package to what it is made of. Where its files no
// longer compile, remove all but this one before -update.
func TestGenerated(t *testing.T) {
	want := generated(t)
	if *update {
		write(t, want)
	}
	got := contents(t, ".")
	delete(got, generator)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("go test ./clients/valkey -run TestGenerated -update makes these files anew (-made of %s, +here):\n%s", origin, diff)
	}
}

// generated are the files of this package by name.
func generated(t *testing.T) map[string]string {
	t.Helper()
	made := map[string]string{}
	for name, source := range contents(t, origin) {
		file, err := format.Source([]byte(header + twin.Replace(source)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		made[twin.Replace(name)] = string(file)
	}
	return made
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	files := map[string]string{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = string(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")))
	}
	return files
}

// write removes what is not made any more, too.
func write(t *testing.T, files map[string]string) {
	t.Helper()
	for name := range contents(t, ".") {
		if _, made := files[name]; made || name == generator {
			continue
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(name, []byte(files[name]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
