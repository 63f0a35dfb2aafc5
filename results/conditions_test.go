package results

import "testing"

func TestSameConditions(t *testing.T) {
	for _, test := range []struct {
		want   string // "" if the conditions are the same
		change func(*Header)
	}{
		{"", func(*Header) {}},
		{"", func(h *Header) { h.Machine.MemoryBytes, h.Machine.Platform = 1, "other" }},
		{"github.com/redis/rueidis was v1.0.79, now v1.0.80", func(h *Header) { h.Executors[0].Libraries["github.com/redis/rueidis"] = "v1.0.80" }},
		{"github.com/redis/rueidis was v1.0.79, now -", func(h *Header) { delete(h.Executors[0].Libraries, "github.com/redis/rueidis") }},
		{"a/b was -, now v1", func(h *Header) { h.Executors[0].Libraries["a/b"] = "v1" }},
		{"tool was respbench v1.2.3, now respbench v1.3.0", func(h *Header) { h.Executors[0].Version = "v1.3.0" }},
		{"runtime was go1.26.8, now go1.27", func(h *Header) { h.Executors[0].Runtime = "go1.27" }},
		{"CPU was Some CPU, now Other", func(h *Header) { h.Machine.CPU = "Other" }},
		{"cores was 2, now 4", func(h *Header) { h.Machine.Cores = 4 }},
		{"arch was amd64, now arm64", func(h *Header) { h.Machine.Arch = "arm64" }},
		{"kernel was 6.1, now 6.2", func(h *Header) { h.Machine.Kernel = "6.2" }},
		{"client host was -, now mine", func(h *Header) { h.Machine.Label = "mine" }},
		{"server kind was spawned, now remote", func(h *Header) { h.Servers[0].Kind = "remote" }},
		{"server was redis, now valkey", func(h *Header) { h.Servers[0].Name = "valkey" }},
		{"server version was 7.0.15, now 7.2.1", func(h *Header) { h.Servers[0].Version = "7.2.1" }},
		{"server label was near, now far", func(h *Header) { h.Servers[0].Label = "far" }},
		{"server mode was standalone, now cluster", func(h *Header) { h.Servers[0].Mode = "cluster" }},
		{"transport was tcp, now tls", func(h *Header) { h.Servers[0].Transport = "tls" }},
		{"the run was not made by the same executors", func(h *Header) { h.Executors = nil }},
	} {
		now := sampleHeader()
		test.change(&now)
		got := ""
		if err := SameConditions(sampleHeader(), now); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
