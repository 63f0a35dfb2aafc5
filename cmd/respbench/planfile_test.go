package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/internal/server"
)

// planned reads a plan and makes it as run does, up to the servers.
func planned(t *testing.T, text string, args ...string) (*runOptions, *plan.Plan, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o := &runOptions{}
	flags := (&app{}).runCommandOf(o).Flags()
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	p, err := plannedFrom(o, func() error {
		if err := o.readPlan(path, flags); err != nil {
			return err
		}
		return o.validate(flags)
	})
	return o, p, o.locate(err)
}

func plannedFrom(o *runOptions, read func() error) (*plan.Plan, error) {
	if err := read(); err != nil {
		return nil, err
	}
	if err := o.planned(); err != nil {
		return nil, err
	}
	return plan.MakeAll(o.forServers([]*place{{kind: server.Spawned}}), all.Libraries())
}

// A load holds for the scenarios that use it, and the stronger level counts:
// command line, scenario, top.
func TestPlanLevels(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		args       []string
		want       []string
	}{
		{
			name: "a load at the top", text: "workers: 50\nclients: raw\nscenarios: [sync, concurrent, {name: counter, workers: 3}]",
			want: []string{"sync 1", "concurrent 50", "counter 3"},
		},
		{
			name: "a load on the command line", text: "clients: raw\nscenarios: [sync, {name: concurrent, workers: 7}]", args: []string{"-w", "9"},
			want: []string{"sync 1", "concurrent 9"},
		},
		{
			name: "arrivals of those with a rate", text: "clients: raw\narrivals: poisson\nscenarios: [sync, {name: sync, rate: 10}]",
			want: []string{"sync 1", "sync 1 poisson 10"},
		},
		{
			name: "ops and duration", text: "ops: 100\nclients: raw\nscenarios: [sync, {name: concurrent, duration: 2s}]",
			want: []string{"sync 1 100 ops", "concurrent 100 2s"},
		},
		{
			name: "duration typed", text: "ops: 100\nclients: raw\nscenarios: [sync, {name: concurrent, ops: 5}]", args: []string{"--duration", "3s"},
			want: []string{"sync 1 3s", "concurrent 100 3s"},
		},
		{
			name: "ops typed", text: "duration: 4s\nclients: raw\nscenarios: [sync, {name: concurrent, duration: 2s}]", args: []string{"-n", "8"},
			want: []string{"sync 1 8 ops", "concurrent 100 8 ops"},
		},
		{
			name: "commands", text: "clients: raw\nscenarios: [{name: command, command: 'GET {key}'}]",
			want: []string{"command 10 1 GET {key}"},
		},
		{
			name: "a command with its weight", text: "clients: raw\nscenarios:\n- name: command\n  command: {line: 'GET {key}', weight: 4}",
			want: []string{"command 10 4 GET {key}"},
		},
		{
			name: "commands at the top", text: "clients: raw\ncommand:\n  - |\n    GET {key}\n  - {line: PING}\nscenarios: [command, sync]",
			want: []string{"command 10 1 GET {key};1 PING", "sync 1"},
		},
		{
			name: "commands typed", text: "clients: raw\nscenarios: [{name: command, command: PING}]",
			args: []string{"--command", "GET {key}", "--weight", "3"}, want: []string{"command 10 3 GET {key}"},
		},
		{
			name: "a weighted size, a mix with commas", text: "clients: raw\nscenarios: [{name: mixed, workers: 1, keys: uniform, mix: ['get:90,set:10', ycsb-c], hit-ratio: 0.9999999}]",
			want: []string{"mixed 1 get:90,set:10 misses 1e-07", "mixed 1 get:100 misses 1e-07"},
		},
		{
			name: "a hit ratio typed", text: "clients: raw\nscenarios: [{name: mixed, workers: 1, mix: 'get:1,set:99'}]", args: []string{"--hit-ratio", "0.9999999"},
			want: []string{"mixed 1 get:1,set:99 misses 1e-07"},
		},
		{
			name: "fakes", text: "clients: ['fake']\nscenarios: [sync]", want: []string{"sync 1"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, p, err := planned(t, test.text, test.args...)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.want, told(p)); d != "" {
				t.Error(d)
			}
		})
	}
}

// told are the points of a plan, but for what is the default.
func told(p *plan.Plan) (list []string) {
	for i, point := range p.Points {
		l, text := point.Load, fmt.Sprint(point.Scenario, " ", point.Load.Workers)
		for _, part := range []string{l.Arrivals, l.Mix, strings.ReplaceAll(l.Lines, "\n", ";")} {
			if part != "" {
				text += " " + part
			}
		}
		if l.Rate > 0 {
			text += fmt.Sprint(" ", l.Rate)
		}
		if l.Misses > 0 {
			text += fmt.Sprintf(" misses %.1g", l.Misses)
		}
		switch end := p.Ends()[i].Limit; {
		case end.Steps > 0:
			text += fmt.Sprintf(" %d ops", end.Steps)
		case end.Duration > 0 && l.Rate == 0:
			text += fmt.Sprint(" ", end.Duration)
		}
		list = append(list, text)
	}
	return list
}

// What is of the whole run has its effect in a plan.
func TestPlanOfTheWholeRun(t *testing.T) {
	t.Parallel()
	const text = "seed: 7\nrounds: 3\npin: none\ntimeout: 2s\nclients: [raw, redigo]\nscenarios: [sync, concurrent]\n"
	_, p, err := planned(t, text)
	if err != nil {
		t.Fatal(err)
	}
	_, again, err := planned(t, text)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p.Trials, again.Trials); d != "" || p.DataSeed != again.DataSeed {
		t.Errorf("the seed does not decide: %s", d)
	}
	if _, other, err := planned(t, text, "--seed", "8"); err != nil || cmp.Equal(p.Trials, other.Trials) {
		t.Errorf("another seed, the same trials; %v", err)
	}
	if point := p.Points[0]; p.Seed != 7 || p.Rounds != 3 || point.Placement.Pin != "none" || point.Settings.Timeout != 2*time.Second {
		t.Errorf("seed %d, %d rounds, %+v", p.Seed, p.Rounds, point)
	}
	o, p, err := planned(t, "target-ci: 2%\nscenarios: [sync]")
	if err != nil || o.target != 0.02 || p.Rounds != mostRounds {
		t.Errorf("target %v, %d rounds, %v", o.target, p.Rounds, err)
	}
}

func TestPlanRefuses(t *testing.T) {
	t.Parallel()
	const mixed = "scenarios:\n  - name: mixed\n    mix: 'get:50,set:50'\n  - name: mixed\n    %s\n"
	for _, test := range []struct {
		text string
		args []string
		want string // how the error begins
	}{
		// Loads that are not used.
		{text: "workers: 5\nscenarios: [sync, pipelined]", want: "p.yaml:1:10: --workers is not used by sync, pipelined; it is used by "},
		{text: "scenarios: [sync]", args: []string{"-w", "5"}, want: "--workers is not used by sync; it is used by "},
		{text: "scenarios:\n- concurrent\n- {name: sync, workers: 5}", want: "p.yaml:3:25: --workers is not used by sync; it is used by "},
		{text: "scenarios: [{workers: 5, name: sync}]", args: []string{"-w", "5"}, want: "p.yaml:1:23: --workers is not used by sync; "},
		{text: "arrivals: poisson\nscenarios: [sync]", want: "p.yaml:1:11: --arrivals without --rate: "},
		{text: "ops: 5\nduration: 1s\nscenarios: [sync]", want: "p.yaml:1:6: --ops and --duration together: "},

		// Commands.
		{text: "command: [{line: []}]\nscenarios: [command]", want: "p.yaml:1:18: command: have one value here"},
		{text: "command: [{line: PING, weight: []}]\nscenarios: [command]", want: "p.yaml:1:32: weight: have one value here"},
		{text: "command: [{line: PING, weight: 0}]\nscenarios: [command]", want: `p.yaml:1:32: weight "0": have a whole number from 1`},
		{text: "command: [{weight: 2}]\nscenarios: [command]", want: "p.yaml:1:11: a command without a line: have {line: "},
		{text: "command:\n  - weight: 2\nscenarios: [command]", want: "p.yaml:2:5: a command without a line: have {line: "},
		{text: "command: [[PING]]\nscenarios: [command]", want: "p.yaml:1:11: command: have one value here"},
		{text: "command: []\nscenarios: [command]", want: "p.yaml:1:10: command is empty; "},
		{text: "command: [PING, 'GET mykey']\nscenarios: [command]", want: `p.yaml:1:17: command "GET mykey": `},
		{text: "command: [PING, PING]\nscenarios: [command]", want: `p.yaml:1:10: --command "PING": is there twice`},
		{text: "command: '@no-such-file'\nscenarios: [command]", want: "p.yaml:1:10: command: open no-such-file: "},
		{text: "command: {line: '@x', weight: 2}\nscenarios: [command]", want: "p.yaml:1:17: the commands of a file have their weights there: have '@x' alone"},
		{text: "command: {lin: PING}\nscenarios: [command]", want: `p.yaml:1:11: unknown key "lin"; nearest is "line"`},

		// Nothing where something is meant.
		{text: "fail-on: []\nscenarios: [sync]", want: "p.yaml:1:10: fail-on is empty; give it a value or leave it out"},
		{text: "clients: []\nscenarios: [sync]", want: "p.yaml:1:10: clients is empty; "},
		{text: "clients: ''\nscenarios: [sync]", want: "p.yaml:1:10: clients is empty; "},
		{text: "clients: [raw, '']\nscenarios: [sync]", want: "p.yaml:1:16: clients is empty; "},
		{text: "clients:\nscenarios: [sync]", want: "p.yaml:1:9: clients is empty; "},
		{text: "scenarios: [{name: concurrent, workers: []}]", want: "p.yaml:1:41: workers is empty; "},
		{text: "client-label: ''\nscenarios: [sync]", want: "p.yaml:1:15: client-label is empty; "},
		{text: "servers: []\nscenarios: [sync]", want: "p.yaml:1:10: servers is empty; "},
		{text: "servers: [{url: ''}]\nscenarios: [sync]", want: "p.yaml:1:17: url is empty; "},
		{text: "scenarios: []", want: "p.yaml:1:12: scenarios is empty; "},
		{text: "scenarios: [{name: ''}]", want: "p.yaml:1:20: name is empty; "},
		{text: "scenarios:\n  - workers: 5", want: "p.yaml:2:5: a scenario without a name"},
		{text: "clients: raw", want: "p.yaml: it names no scenarios"},
		{text: "# nothing", want: "p.yaml: have one document, with scenarios in it"},
		{text: "scenarios: [sync]\n---\nscenarios: [sync]", want: "p.yaml: have one document, with scenarios in it"},
		{text: "sync", want: "p.yaml:1:1: have a mapping of keys: scenarios: [sync]"},
		{text: "servers: redis-server\nscenarios: [sync]", want: "p.yaml:1:10: servers: have a list"},
		{text: "scenarios: [[sync]]", want: "p.yaml:1:13: name: have one value here"},
		{text: "rounds: {a: 1}\nscenarios: [sync]", want: "p.yaml:1:9: rounds: have one value here"},

		// YAML beyond values, lists and mappings.
		{text: "workers: &w 5\nscenarios: [concurrent]", want: "p.yaml:1:10: an anchor (&) is not read in plans; "},
		{text: "workers: *w\nscenarios: [concurrent]", want: "p.yaml:1:10: an alias (*) is not read in plans; "},
		{text: "workers: !!int 5\nscenarios: [concurrent]", want: "p.yaml:1:10: a tag (!) is not read in plans; "},
		{text: "<<: {rounds: 5}\nscenarios: [concurrent]", want: "p.yaml:1:1: a merge (<<) is not read in plans; "},
		{text: "scenarios: &s [concurrent]", want: "p.yaml:1:12: an anchor (&) is not read in plans; "},
		{text: "scenarios: [&s {name: sync}]", want: "p.yaml:1:13: an anchor (&) is not read in plans; "},
		{text: "&a scenarios: [sync]", want: "p.yaml:1:1: an anchor (&) is not read in plans; "},
		{text: "clients: [raw\nscenarios: [sync]", want: "p.yaml:2:1: "},
		{text: "rounds: 1\nrounds: 2\nscenarios: [sync]", want: `p.yaml:2:1: mapping key "rounds" already defined`},

		// Keys.
		{text: "scenarios: [{name: sync, rounds: 5}]", want: `p.yaml:1:26: key "rounds" belongs at the top, not in a scenario`},
		{text: "url: redis://h\nscenarios: [sync]", want: `p.yaml:1:1: key "url" belongs in servers, not at the top`},
		{text: "label: a\nscenarios: [sync]", want: `p.yaml:1:1: key "label" belongs in servers, not at the top`},
		{text: "name: sync", want: `p.yaml:1:1: key "name" belongs in a scenario, not at the top`},
		{text: "weight: 3\nscenarios: [command]", want: `p.yaml:1:1: key "weight" belongs in a command, not at the top`},
		{text: "servers: [{workers: 1}]\nscenarios: [command]", want: `p.yaml:1:12: key "workers" belongs at the top or in a scenario, not in servers`},
		{text: "out: x\nscenarios: [sync]", want: `p.yaml:1:1: "out" is no key of a plan; give it on the command line: --out`},
		{text: "dry-run: true\nscenarios: [sync]", want: `p.yaml:1:1: "dry-run" is no key of a plan; `},
		{text: "w: 5\nscenarios: [sync]", want: `p.yaml:1:1: unknown key "w"; write "workers"`},
		{text: "Data_Size: 5\nscenarios: [sync]", want: `p.yaml:1:1: unknown key "Data_Size"; nearest is "data-size"`},
		{text: "servers: [{addresses: a}]\nscenarios: [sync]", want: `p.yaml:1:12: unknown key "addresses"; have cacert, cert, host, `},

		// Values that are wrong.
		{text: fmt.Sprintf(mixed, "mix: 'get:50,set:60'"), want: "p.yaml:5:10: --mix get:50,set:60: "},
		{text: fmt.Sprintf(mixed, "workers: 0"), want: "p.yaml:5:14: --workers 0: must be at least 1"},
		{text: fmt.Sprintf(mixed, "keys: 'zipf:-1'"), want: "p.yaml:5:11: --keys zipf:-1: "},
		{text: fmt.Sprintf(mixed, "hit-ratio: 2"), want: "p.yaml:5:16: --hit-ratio 2: must be from 0 to 1"},
		{text: fmt.Sprintf(mixed, "hit-ratio: much"), want: `p.yaml:5:16: hit-ratio: "much": invalid syntax`},
		{text: fmt.Sprintf(mixed, "rate: 0"), want: `p.yaml:5:11: rate: "0": have a number of ops a second above 0`},
		{text: fmt.Sprintf(mixed, "ops: 0"), want: "p.yaml:5:10: --ops 0: must be above 0"},
		{text: fmt.Sprintf(mixed, "warmup: long"), want: `p.yaml:5:13: --warmup "long": `},
		{text: fmt.Sprintf(mixed, "clients: redis"), want: `p.yaml:5:14: unknown client "redis"; `},
		{text: fmt.Sprintf(mixed, "clients: 'raw:fast'"), want: `p.yaml:5:14: unknown variant "fast" of raw`},
		{text: fmt.Sprintf(mixed, "keyspace: 1"), want: "p.yaml:5:15: --keyspace 1 is less than the "},
		{text: fmt.Sprintf(mixed, "workers: 0"), args: []string{"-w", "-1"}, want: "--workers -1: must be at least 1"},
		{text: "workers: 0\nscenarios: [sync, concurrent]", want: "p.yaml:1:10: --workers 0: must be at least 1"},
		{text: "ops: 0\nscenarios: [sync]", want: "p.yaml:1:6: --ops 0: must be above 0"},
		{text: "rounds: 0\nscenarios: [sync]", want: "p.yaml:1:9: --rounds 0: must be at least 1"},
		{text: "rounds: [5]\nscenarios: [sync]", want: "p.yaml:1:9: rounds: have one value, not a list"},
		{text: "fail-on: ['p99>2ms', p99]\nscenarios: [sync]", want: "p.yaml:1:10: --fail-on: "},
		{text: "target-ci: none\nscenarios: [sync]", want: "p.yaml:1:12: --target-ci: "},
		{text: "pin: nowhere\nscenarios: [sync]", want: `p.yaml:1:6: --pin "nowhere": `},
		{text: "disturb: explode\nduration: 9s\nscenarios: [sync]", want: "p.yaml:1:10: --disturb "},
		{text: "scenarios: [sync, snyc]", want: `p.yaml:1:19: unknown scenario "snyc"; have sync`},

		// Servers.
		{text: "servers:\n- {label: a}\n- {server: embedded}\nscenarios: [sync]", want: "p.yaml:3:3: several servers need a label each, all different"},
		{text: "servers: [{label: a}, {label: a}]\nscenarios: [sync]", want: "p.yaml:1:23: several servers need a label each, all different"},
		{text: "servers: [{host: a, port: 0}]\nscenarios: [sync]", want: "p.yaml:1:11: --port 0: must be above 0"},
		{text: "servers: [{tls: [true]}]\nscenarios: [sync]", want: "p.yaml:1:17: tls: have one value, not a list"},
	} {
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()
			_, _, err := planned(t, test.text, test.args...)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v\nwant %s", err, test.want)
			}
		})
	}
}

// A password in a plan is in its file, and in no list of processes.
func TestPlanServers(t *testing.T) {
	t.Parallel()
	o, _, err := planned(t, "servers:\n- {url: 'redis://:pw@h', label: a}\n- {server: embedded, url: 'redis://h', host: h, label: b}\nscenarios: [sync]")
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	_, err = o.places(&stderr)
	if want := "warning: a password is in a url of p.yaml; password-file and REDISCLI_AUTH keep it out of the plan\n"; stderr.String() != want {
		t.Errorf("%q, want %q", stderr.String(), want)
	}
	if err == nil || err.Error() != "p.yaml:3:3: --url together with --host or -p: give one of them" {
		t.Error(err)
	}
}

func TestPlanCommandFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "commands")
	if err := os.WriteFile(path, []byte("3 GET {key}\nPING\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"'@%s'", "['@%s']"} {
		_, p, err := planned(t, fmt.Sprintf("clients: raw\nscenarios: [command]\ncommand: "+form, path))
		if err != nil {
			t.Fatal(err)
		}
		if got := told(p); !slices.Equal(got, []string{"command 10 3 GET {key};1 PING"}) {
			t.Errorf("%s: %q", form, got)
		}
	}
}
