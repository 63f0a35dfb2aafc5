package driver

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"respbench.dev/respbench/results"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var testAccess = results.Access{Mode: results.Standalone, Network: "tcp", Addrs: []string{"127.0.0.1:6379"}, Password: "hunter22"}

func testPoint() results.Point {
	return results.Point{
		Scenario: "sync", Version: 1, Library: "redis-py", Variant: "default", Server: "s1",
		Load: results.Load{Workers: 1, DataSize: 16, Keyspace: 100},
		Settings: results.Settings{
			Context: "background", Timeout: 5 * time.Second, ConnectTimeout: 4 * time.Second, Isolation: "process",
		},
	}
}

func testSpec() results.Spec {
	return results.Spec{Protocol: 1, Run: "abcdefg2", Point: testPoint(), Seed: 1<<40 + 7, DataSeed: 1}
}

func testDriver() *Driver {
	return &Driver{Args: []string{"mydriver"}, About: Description{
		Protocol: 1, Name: "python", Runtime: "CPython 3.11.2", Packages: map[string]string{"redis": "4.3.4"},
		Clients: []Client{
			{Name: "redis-py", Package: "redis", RESP: []int{2, 3}, Variants: []Variant{
				{Name: "default", Doc: "as its users have it"},
				{Name: "one", Shares: true, MostConns: 1},
				{Name: "uvloop", Missing: "needs the package uvloop: apt-get install python3-uvloop"},
			}},
			{Name: "other", Package: "absent", RESP: []int{2}, Variants: []Variant{{Name: "default"}}},
		},
		Scenarios: map[string]int{"sync": 1, "pipelined": 1, "concurrent": 2}, Transports: []string{"tcp", "tls"},
	}}
}

func begin(t *testing.T, spec results.Spec, access results.Access) *Talk {
	t.Helper()
	talk, err := testDriver().Begin(spec, access)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(talk.Close)
	return talk
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func told(t *testing.T, talk *Talk) Spec {
	t.Helper()
	var s Spec
	if err := json.Unmarshal(encoded(t, talk.Orders()[0]), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func gone(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file of samples is still there: %v", err)
	}
}
