package report

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"respbench.dev/respbench/internal/stats"
)

const junitXSD = "testdata/junit/junit.xsd"

// xmllint validates a document, and returns what is wrong with it.
func xmllint(t *testing.T, text string) (string, bool) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("needs xmllint; scripts/test installs it")
	}
	c := exec.CommandContext(t.Context(), "xmllint", "--nonet", "--noout", "--schema", junitXSD, "-")
	c.Stdin = strings.NewReader(text)
	out, err := c.CombinedOutput()
	const invalid = 3
	if exit, failed := errors.AsType[*exec.ExitError](err); err != nil && (!failed || exit.ExitCode() != invalid) {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out), err == nil
}

func junitOf(t *testing.T, c *Comparison) string {
	t.Helper()
	f, err := ComparisonFormatNamed("junit")
	if err != nil {
		t.Fatal(err)
	}
	return string(written(t, f, c))
}

func TestJUnitHasItsSchema(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.junit.golden")
	if err != nil || len(paths) < len(comparisons) {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		if wrong, valid := xmllint(t, string(read(t, path))); !valid {
			t.Errorf("%s: %s", path, wrong)
		}
	}
	for _, c := range comparisons {
		if wrong, valid := xmllint(t, junitOf(t, c.make(t))); !valid {
			t.Errorf("%s: %s", c.name, wrong)
		}
	}
}

func TestJUnitOfHostileText(t *testing.T) {
	hostile := hostileText + "\x00]]>&\ufffe\xff"
	regressed := change(t, "raw", "p99", 100, 200, 0.7, stats.Regressed)
	regressed.Cell, regressed.Reason = hostile, hostile
	c := &Comparison{Rules: Rules{Threshold: 0.05}, Changes: []Change{regressed}, Unlimited: []string{hostile}}
	text := junitOf(t, c)
	if wrong, valid := xmllint(t, text); !valid {
		t.Errorf("%s\n%s", wrong, text)
	}
	if strings.Contains(text, "<script>") || !strings.Contains(text, "&lt;script&gt;") {
		t.Errorf("the text is markup:\n%s", text)
	}
}

func TestJUnitSchemaRefuses(t *testing.T) {
	text := junitOf(t, everyVerdict(t))
	for old, other := range map[string]string{
		` errors="`: ` mistakes="`, ` classname="`: ` class="`, ` tests="`: ` tests="-`, ` message="`: ` text="`,
	} {
		changed := strings.Replace(text, old, other, 1)
		if _, valid := xmllint(t, changed); valid || changed == text {
			t.Errorf("with %s for %s it is valid", other, old)
		}
	}
}
