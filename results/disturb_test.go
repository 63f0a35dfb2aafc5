package results

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseDisturb(t *testing.T) {
	for text, want := range map[string][]Planned{
		"kill-clients@2s": {{Name: KillClients, At: 2 * time.Second}},
		"restart@1500ms":  {{Name: Restart, At: 1500 * time.Millisecond}},
		"failover@1m":     {{Name: Failover, At: time.Minute}},
		"pause=500ms@2s":  {{Name: Pause, For: 500 * time.Millisecond, At: 2 * time.Second}},
		"restart@0s":      {{Name: Restart}},
		"restart@24h":     {{Name: Restart, At: 24 * time.Hour}},
		"pause=24h@1s":    {{Name: Pause, For: 24 * time.Hour, At: time.Second}},
		"restart@4s+pause=1ms@2s+kill-clients@4s": {
			{Name: Pause, For: time.Millisecond, At: 2 * time.Second},
			{Name: Restart, At: 4 * time.Second}, {Name: KillClients, At: 4 * time.Second},
		},
	} {
		got, err := ParseDisturb(text)
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, d)
		}
	}
}

func TestParseDisturbRefuses(t *testing.T) {
	for text, part := range map[string]string{
		"": "", "none": "none", "restart": "restart", "restart@": "restart@", "restart@2": "restart@2", "restart@-1s": "restart@-1s",
		"restart=1s@2s": "restart=1s@2s", "pause@2s": "pause@2s", "pause=@2s": "pause=@2s", "pause=0s@2s": "pause=0s@2s",
		"pause=999us@2s": "pause=999us@2s", "pause=-1s@2s": "pause=-1s@2s", "Pause=1s@2s": "Pause=1s@2s", "flush@2s": "flush@2s",
		"restart@2s+": "", "+restart@2s": "", "restart@2s,restart@3s": "restart@2s,restart@3s", "restart@2s@3s": "restart@2s@3s",
		"pause=25h@2s": "pause=25h@2s", "restart@25h": "restart@25h", "restart@2s+sleep@3s": "sleep@3s",
	} {
		want := `"` + part + `": ` + disturbChoices
		if got, err := ParseDisturb(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, %v; want %s", text, got, err, want)
		}
	}
}

func TestFormatDisturb(t *testing.T) {
	for text, want := range map[string]string{
		"restart@2000ms": "restart@2s", "restart@4s+pause=0.5s@2s": "pause=500ms@2s+restart@4s", "kill-clients@+2s": "",
	} {
		list, err := ParseDisturb(text)
		if got := FormatDisturb(list); got != want || err != nil && want != "" {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
}

// What was understood is said in one way, which is understood alike.
func FuzzParseDisturb(f *testing.F) {
	for _, text := range []string{"kill-clients@2s", "pause=500ms@2s+restart@4s", "failover@1h2m3.5s", "pause=1ms@24h", "none", "+", "restart@2562047h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParseDisturb(text)
		if err != nil {
			return
		}
		form := FormatDisturb(list)
		again, err := ParseDisturb(form)
		if d := cmp.Diff(list, again); err != nil || d != "" {
			t.Fatalf("%q became %q, which is %v:\n%s", text, form, err, d)
		}
		for i, p := range list {
			if i > 0 && p.At < list[i-1].At || p.End() < p.At {
				t.Fatalf("%q: %v", text, list)
			}
		}
	})
}
