package driver

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEmbedded(t *testing.T) {
	want := []Embedding{{"python", []string{"redis-py"}}, {"node", []string{"ioredis", "node-redis", "iovalkey"}}}
	if diff := cmp.Diff(want, Embedded()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFindUnknown(t *testing.T) {
	for _, name := range []string{"", "raw", "redis-py:uvloop"} {
		if d, err := Find(t.Context(), name); !errors.Is(err, ErrUnknown) {
			t.Errorf("%q: %v, %v", name, d, err)
		}
	}
}

func TestMissingInterpreter(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("RESPBENCH_NODE", "")
	t.Setenv("RESPBENCH_PYTHON", "/nowhere/python3")
	for client, want := range map[string]string{
		"redis-py":        "needs python3: what RESPBENCH_PYTHON names is not there",
		"redis-py:uvloop": "needs python3: what RESPBENCH_PYTHON names is not there",
		"ioredis":         "needs node: apt-get install nodejs npm && npm install ioredis redis iovalkey",
		"iovalkey":        "needs node: apt-get install nodejs npm && npm install ioredis redis iovalkey",
	} {
		p := testPoint()
		p.Library, p.Variant = client, ""
		if client == "redis-py:uvloop" {
			p.Library, p.Variant = "redis-py", "uvloop"
		}
		d, err := Find(t.Context(), p.Library)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Lacks(p, "tcp", "standalone", false); got != want {
			t.Errorf("%s: %q, expected %q", client, got, want)
		}
	}
}

// What installs python is named where none is set and none is there.
func TestMissingPythonIsInstalled(t *testing.T) {
	t.Setenv("RESPBENCH_PYTHON", "")
	d := sources[0].missing()
	want := "needs python3: apt-get install python3 python3-redis python3-hiredis python3-uvloop"
	if got := d.About.Clients[0].Variants[5].Missing; got != want {
		t.Errorf("%q", got)
	}
	if err := d.About.check(); err != nil {
		t.Errorf("its description: %v", err)
	}
}
