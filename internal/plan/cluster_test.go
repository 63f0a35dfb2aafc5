package plan

import (
	"strings"
	"testing"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/results"
)

// What a scenario cannot do on a cluster is known before it is tried.
func TestCommandsOfSeveralKeysOnACluster(t *testing.T) {
	libraries := []clients.Library{{Name: "able", Variants: []clients.Variant{{
		Name: "default", Has: clients.Capabilities{Command: true}, Reaches: reaches,
	}}}}
	for _, test := range []struct{ mode, line, skipped string }{
		{results.Cluster, "1 GET {key}", ""},
		{results.Cluster, "1 MGET {key} {key}", `"MGET {key} {key}": its 2 keys are not in one slot of a cluster`},
		{results.Standalone, "1 MGET {key} {key}", ""},
	} {
		o := Options{Rounds: 1, Scenarios: []string{"command", "mixed"}, Lines: test.line, Host: host(0, 1)}
		o.Host.Mode = test.mode
		p, err := Make(o, libraries)
		if err != nil {
			t.Fatal(err)
		}
		var skipped []string
		for _, s := range p.Skips {
			skipped = append(skipped, s.Reason)
		}
		if got := strings.Join(skipped, "\n"); got != test.skipped {
			t.Errorf("%s, %s: skipped %q, want %q", test.mode, test.line, got, test.skipped)
		}
	}
}
