package python_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/internal/servertest"
)

// missing is what a driver's variants lack, by name.
func missing(t *testing.T, cmd *exec.Cmd) map[string]string {
	t.Helper()
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var about driver.Description
	if err := json.Unmarshal(text, &about); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	lacks := map[string]string{}
	for _, v := range about.Clients[0].Variants {
		lacks[v.Name] = v.Missing
	}
	return lacks
}

// A command names the interpreter that respbench was told to take.
func TestDescribeWithoutPackages(t *testing.T) {
	t.Parallel()
	d := find(t)
	for setting, python := range map[string]string{"": "python3", d.Args[0]: "$RESPBENCH_PYTHON"} {
		cmd := exec.Command(d.Args[0], slices.Concat([]string{"-I", "-S"}, d.Args[1:], []string{"describe"})...)
		cmd.Env = append(os.Environ(), "RESPBENCH_PYTHON="+setting)
		command := python + " -m pip install --upgrade "
		want := map[string]string{
			"default": "needs the package redis: " + command + "redis", "asyncio": "needs the package redis: " + command + "redis",
			"hiredis":         "needs packages redis, hiredis: " + command + "redis hiredis",
			"asyncio-hiredis": "needs packages redis, hiredis: " + command + "redis hiredis",
			"uvloop":          "needs packages redis, uvloop: " + command + "redis uvloop",
			"uvloop-hiredis":  "needs packages redis, hiredis, uvloop: " + command + "redis hiredis uvloop",
		}
		if diff := cmp.Diff(want, missing(t, cmd)); diff != "" {
			t.Errorf("RESPBENCH_PYTHON=%s: (-want +got)\n%s", setting, diff)
		}
	}
}

// A package that cannot be loaded costs only the variants that need it.
func TestDescribeWithABrokenPackage(t *testing.T) {
	t.Parallel()
	d := find(t)
	const most = 80
	for text, why := range map[string]string{
		"raise ValueError(300 * '\\u00e9')": ("ValueError: " + strings.Repeat(`\xe9`, most))[:most],
		"raise RuntimeError('not\\nmine')":  "RuntimeError: not mine",
		"import nothing_of_this_name":       "ModuleNotFoundError: No module named 'nothing_of_this_name'",
		"":                                  "AttributeError: module 'uvloop' has no attribute '__version__'",
	} {
		cmd := exec.Command(d.Args[0], append(d.Args[1:], "describe")...)
		cmd.Env = append(os.Environ(), "PYTHONPATH="+folderWith(t, "uvloop.py", text))
		lacks := "needs the package uvloop (uvloop: " + why + "): apt-get install python3-uvloop"
		want := map[string]string{"default": "", "hiredis": "", "asyncio": "", "asyncio-hiredis": "", "uvloop": lacks, "uvloop-hiredis": lacks}
		if diff := cmp.Diff(want, missing(t, cmd)); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", text, diff)
		}
	}
}

// Debian's packages are of use to the system's interpreter alone.
func TestDescribeByAnInterpreterBesideTheSystems(t *testing.T) {
	t.Parallel()
	d := find(t)
	binary, err := os.ReadFile(d.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "python3")
	servertest.WriteProgram(t, other, string(binary))
	cmd := exec.Command(other, append(d.Args[1:], "describe")...)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+folderWith(t, "uvloop.py", "raise ValueError"), "RESPBENCH_PYTHON="+other)
	want := "needs the package uvloop (uvloop: ValueError:): $RESPBENCH_PYTHON -m pip install --upgrade uvloop"
	if got := missing(t, cmd)["uvloop"]; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func folderWith(t *testing.T, name, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
