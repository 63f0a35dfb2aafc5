package results

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every field is one of the four, and each class has some.
func TestClasses(t *testing.T) {
	count := map[Class]int{}
	for f := range Fields {
		count[f.Class()]++
	}
	if want := map[Class]int{Identity: 18, Setup: 15, Environment: 9, Subject: 5}; !cmp.Equal(count, want) {
		t.Errorf("%v, want %v: where does the new field belong?", count, want)
	}
}

func TestDecided(t *testing.T) {
	got := Decided("pin", "gomaxprocs", "clients", "no such flag")
	want := []Field{FieldLibrary, FieldVariant, FieldPin, FieldClientCPUs, FieldServerCPUs, FieldProcs, FieldLibraryVersion, FieldOtherVersions}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestScrubSide(t *testing.T) {
	tests := []struct{ options, want string }{
		{"", ""},
		{"clients=goredis; timeout=1s", "clients=goredis;timeout=1s"},
		{"url=redis://me:secret@db.example:6379;resp=3", "url=<url>;resp=3"},
		{"server=/home/me/redis-server", "server=<path>"},
		{"server=redis-server", "server=redis-server"},
		{"bin=/home/me/out/respbench-old", "bin=respbench-old"},
		{"bin=C", "bin=C"},
		{"password-file=/home/me/secret;user=me", "password-file=<path>;user=<user>"},
		{"tls=true;insecure=secret", "tls=true;insecure=false"},
		{"no-such=secret", "no-such=<value>"},
		{"base=secret", "base=<value>"},
	}
	for _, test := range tests {
		if got := ScrubSide(test.options); got != test.want {
			t.Errorf("%q: %q, want %q", test.options, got, test.want)
		}
	}
	const want = "respbench ab --base url=<url> --new=clients=raw"
	if got := strings.Join(Scrub([]string{"x", "ab", "--base", "url=redis://secret", "--new=clients=raw"}), " "); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPackedFile(t *testing.T) {
	var plain bytes.Buffer
	if err := NewWriter(&plain).Header(Header{Schema: Schema, ID: "packed22"}); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(plain.Bytes())
	_ = z.Close()
	path := filepath.Join(t.TempDir(), "a.jsonl.gz")
	for _, test := range []struct {
		name    string
		content []byte
		runs    int
	}{{"whole", packed.Bytes(), 1}, {"cut", packed.Bytes()[:packed.Len()/2], 0}, {"only its mark", packed.Bytes()[:2], 0}, {"plain", plain.Bytes(), 1}} {
		if err := os.WriteFile(path, test.content, 0o600); err != nil {
			t.Fatal(err)
		}
		runs, err := ReadFile(path)
		if len(runs) != test.runs || (err == nil) != (test.runs > 0) {
			t.Errorf("%s: %d runs, %v", test.name, len(runs), err)
		}
	}
}
