package driver

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/servertest"
)

// shell is a driver whose description a script writes.
func shell(script string) []string { return []string{"/bin/sh", "-c", script, "sh"} }

func TestDescribe(t *testing.T) {
	text := string(encoded(t, testDriver().About))
	args := shell(`[ "$*" = describe ] || exit 1; read x && exit 2; echo late >&2; cat <<'X'
` + text + "\nX\n")
	d, err := Describe(t.Context(), args)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Driver{Args: args, About: testDriver().About}, d); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDescribeRefuses(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"no name", nil, "a driver without a name"},
		{"not there", []string{"/nowhere/mydriver"}, "driver mydriver: start mydriver: no such file or directory"},
		{"not on PATH", []string{"no-such-driver"}, "driver no-such-driver: start no-such-driver: "},
		{
			"status", shell(`echo "Traceback:" >&2; echo "no module redis in /home/me/lib at 10.1.2.3:99" >&2; exit 3`),
			"driver sh: describe: exit status 3: no module redis in lib at <address>",
		},
		{"silence", shell(`exit 0`), `driver sh: its description is not one JSON object: ""`},
		{"usage", shell(`echo usage: mydriver HOST`), `driver sh: its description is not one JSON object: "usage: mydriver HOST"`},
		{"protocol", shell(`echo '{"protocol":3}'`), "driver sh: its description: protocol 3; have 1"},
		{"flood", shell(`exec yes`), "driver sh: describe: wrote more than 1024 KiB"},
	} {
		_, err := Describe(t.Context(), test.args)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "/") {
			t.Errorf("%s: got %v, expected %s", test.name, err, test.want)
		}
	}
}

func TestDescribeIsBoundedInTime(t *testing.T) {
	for _, script := range []string{`exec sleep 60`, `exec >&-; exec sleep 60`} {
		_, err := describe(t.Context(), shell(script), 100*time.Millisecond)
		if err == nil || err.Error() != "describe: took more than 100ms" {
			t.Errorf("%s: got %v", script, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := describe(ctx, shell(`exec sleep 60`), time.Minute); err == nil || err.Error() != "describe: context canceled" {
		t.Errorf("got %v", err)
	}
}

// A program that has started others takes them with it.
func TestDescribeLeavesNothingBehind(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	_, err := describe(t.Context(), shell(`sleep 60 & echo $! > `+pid+`; wait`), 300*time.Millisecond)
	if err == nil || err.Error() != "describe: took more than 300ms" {
		t.Errorf("got %v", err)
	}
	text, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	process := filepath.Join("/proc", strings.TrimSpace(string(text)), "cmdline")
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		if line, _ := os.ReadFile(process); len(line) == 0 { // it has gone, or nobody has waited for it yet
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("what it has started still runs")
		}
	}
}

// interpreter is a program that describes itself with these packages, or not at
// all; it returns its path.
func interpreter(t *testing.T, about string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "python3")
	servertest.WriteProgram(t, path, "#!/bin/sh\n[ \"$1 $2 $3\" = '-c SOURCE describe' ] || exit 9\n"+about)
	return path
}

func describing(t *testing.T, packages map[string]string) string {
	about := testDriver().About
	about.Packages = packages
	return "cat <<'X'\n" + string(encoded(t, about)) + "\nX\n"
}

func TestFindTakesTheInterpreterWithThePackage(t *testing.T) {
	with, without := describing(t, map[string]string{"redis": "4.3.4"}), describing(t, nil)
	const broken = "echo no >&2; exit 1\n"
	for _, test := range []struct {
		name  string
		paths []string
		set   bool // the first one, alone
		take  int
		err   string
	}{
		{"the first has it", []string{with, with}, false, 0, ""},
		{"the second has it", []string{without, with}, false, 1, ""},
		{"the first is broken", []string{broken, with}, false, 1, ""},
		{"none has it", []string{without, without}, false, 0, ""},
		{"only the second runs", []string{broken, without}, false, 1, ""},
		{"the one that is set", []string{without, with}, true, 0, ""},
		{"all are broken", []string{broken}, false, 0, "driver python3: describe: exit status 1: no"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := source{name: "python", flag: "-c", text: "SOURCE", setting: "RESPBENCH_TEST_PYTHON"}
			for _, about := range test.paths {
				s.interpreters = append(s.interpreters, interpreter(t, about))
			}
			t.Setenv(s.setting, "")
			if test.set {
				t.Setenv(s.setting, s.interpreters[0])
			}
			d, err := s.find(t.Context(), "redis-py")
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Errorf("got %v, expected %s", err, test.err)
				}
				return
			}
			if err != nil || d.Args[0] != s.interpreters[test.take] {
				t.Errorf("got %+v, %v", d, err)
			}
		})
	}
}

func TestFindStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := source{flag: "-c", text: "SOURCE", interpreters: []string{interpreter(t, "exec sleep 60\n")}}
	if _, err := s.find(ctx, "redis-py"); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

// The embedded sources describe themselves as what is known of them here.
func TestEmbeddedDriversAreAsTheyAreKnown(t *testing.T) {
	for _, s := range sources {
		paths := s.paths()
		if len(paths) == 0 {
			t.Logf("no %s", s.name)
			continue
		}
		for _, known := range s.clients {
			d, err := Find(t.Context(), known.Name)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := d.client(known.Name)
			if d.About.Name != s.name || got.Package != known.Package || len(d.About.Clients) != len(s.clients) {
				t.Errorf("%s: %+v", known.Name, d.About)
			}
			if diff := cmp.Diff(variantNames(known), variantNames(got)); diff != "" {
				t.Errorf("%s: -known +described:\n%s", known.Name, diff)
			}
		}
	}
}

func variantNames(c Client) []string {
	var names []string
	for _, v := range c.Variants {
		names = append(names, v.Name)
	}
	return names
}
