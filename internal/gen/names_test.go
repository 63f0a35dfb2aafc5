package gen

import "testing"

func TestRunOf(t *testing.T) {
	for key, want := range map[string]string{
		AliveKey("abcdefg2"):                               "abcdefg2",
		RunPrefix("2345672a") + "0":                        "2345672a",
		RunPrefix("abcdefg2") + "loaded16:123":             "abcdefg2",
		RunPrefix("abcdefg2") + "counter:9":                "abcdefg2",
		RunPrefix("abcdefg2") + "loaded100-1000:123":       "abcdefg2",
		RunPrefix("abcdefg2") + "loaded64:3,1024:1:123":    "abcdefg2",
		RunPrefix("abcdefg2") + "mixed:64:3,1024:1:0":      "abcdefg2",
		RunPrefix("abcdefg2") + "command:hash:17":          "abcdefg2",
		RunPrefix("abcdefg2") + "queue:{jobs}":             "abcdefg2",
		RunPrefix("abcdefg2") + "queue-streams:x":          "abcdefg2",
		RunPrefix("abcdefg2") + "objects:user:{7}:by-name": "abcdefg2",
		RunPrefix("abcdefg2") + "cached:1":                 "abcdefg2",
		RunPrefix("abcdefg2") + "coalesced:1":              "abcdefg2",
		RunPrefix("abcdefg2") + "pagination:z":             "abcdefg2",
		RunPrefix("abcdefg2") + "pubsub:1":                 "abcdefg2",
		RunPrefix("abcdefg2") + "pooled:1":                 "abcdefg2",
		RunPrefix("abcdefg2") + "web:p:1":                  "abcdefg2",
		"respbench:sessions:queue:1":                       "",
		"respbench:abcdefg2:jobs:1":                        "",
		"respbench:abcdefg2:queue":                         "",
		"respbench:abcdefg2:queue:":                        "",
		"respbench:abcdefg2:queues:1":                      "",
		"respbench:abcdefg2:xqueue:1":                      "",
		"respbench:abcdefg2:queue:a b":                     "",
		"respbench:abcdefg2:queue:a\n":                     "",
		"respbench:abcdefg2:loaded64:3:1:1":                "",
		"respbench:abcdefg2:loaded1-2-3:1":                 "",
		"respbench:abcdefg2:loaded-1:1":                    "",
		"respbench:sessions:abc":                           "", // others may name keys like this
		"respbench:sessions:12":                            "",
		"respbench:sessions:alive":                         "",
		"respbench:abcdefg2":                               "",
		"respbench:abcdefg2:":                              "",
		"respbench:abcdefg2:abc":                           "",
		"respbench:abcdefg2:16:1":                          "",
		"respbench:abcdefg2:1 ":                            "",
		"respbench:abcdefg2:1\n":                           "",
		"respbench:abcdefg2:-1":                            "",
		"respbench:abcdefg2:alive:1":                       "",
		"respbench:abcdefg2:loaded:1":                      "",
		"respbench:abcdefg2:counter:":                      "",
		"respbench:abcdefg1:1":                             "",
		"respbench:ABCDEFG2:1":                             "",
		"respbench:abcdefg22:1":                            "",
		"xrespbench:abcdefg2:1":                            "",
		"respbench:abcdefg2:1\nrespbench:abcdefg2:":        "",
	} {
		if run, ok := RunOf(key); run != want || ok != (want != "") {
			t.Errorf("%q is of run %q, %v; want %q", key, run, ok, want)
		}
	}
}
