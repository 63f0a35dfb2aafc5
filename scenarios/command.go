package scenarios

import (
	"context"
	"fmt"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/engine"
	"respbench.dev/respbench/internal/gen"
)

func init() {
	register(Scenario{
		Name:       "command",
		Doc:        "What do the commands of my own application cost, in the mix in which it sends them?",
		Version:    1,
		Place:      16,
		KindsOf:    kindsOfLines,
		Load:       Load{Workers: 10, Keys: "uniform", Lines: "1 GET {key}"},
		Uses:       []Use{Workers, DataSize, Keyspace, Keys, Conns, Lines},
		Needs:      clients.Capabilities{Command: true},
		NeedsRedis: true,
		SharesKeys: true,
		Owns:       true,
		OwnBytes:   commandRoom,
		Check:      checkCommand,
		Prepare:    prepareCommand,

		CheckCluster: checkSlots,
	})
}

// kindsOfLines are the lines, each a kind.
func kindsOfLines(l Load) (kinds []Kind) {
	lines, _ := commandLines(l) // what is wrong is refused elsewhere
	for _, c := range lines {
		k := Kind{Name: c.text, Unit: "command", Reads: c.reads()}
		if _, unsure := notConfirmed[c.name]; !unsure {
			k.Commands = []string{c.name}
		}
		kinds = append(kinds, k)
	}
	return kinds
}

func checkCommand(l Load) error {
	if _, err := commandLines(l); err != nil {
		return err
	}
	return l.Check()
}

// checkSlots refuses commands of several keys: these are drawn one by one.
func checkSlots(l Load) error {
	lines, err := commandLines(l)
	for _, c := range lines {
		if len(c.keys) > 1 {
			return fmt.Errorf("%q: its %d keys are not in one slot of a cluster", c.text, len(c.keys))
		}
	}
	return err
}

func prepareCommand(_ context.Context, s Setup) (*Bound, error) {
	lines, err := commandLines(s.Load)
	if err != nil {
		return nil, err
	}
	sets, weights := keySets{}, []int(nil)
	for _, c := range lines {
		sets.make(s.Material, c.sets())
		weights = append(weights, c.weight)
	}
	draw, sessions := gen.NewWeights(weights), []clients.Session(nil)
	return &Bound{
		Bind: func(session clients.Session, d *Data) (engine.Step, error) {
			sessions = append(sessions, session)
			return bindLines(session, d, lines, sets, draw)
		},
		Close: func(ctx context.Context) error { return sets.remove(ctx, sessions, s.Cluster) },
	}, nil
}

// bindLines makes a step that sends one of the lines, by their weights.
func bindLines(s clients.Session, d *Data, lines []commandLine, sets keySets, weights gen.Weights) (engine.Step, error) {
	do, ok := s.(clients.Commander)
	if !ok {
		return nil, fmt.Errorf("any command is not offered by %T", s)
	}
	var senders []*lineSender
	for kind, c := range lines {
		senders = append(senders, newLineSender(c, kind, d, sets))
	}
	var answer clients.Answer
	return func(ctx context.Context) (kind, ops int, err error) {
		kind = d.picker.Choose(weights)
		line := senders[kind]
		line.fill()
		answer.Reset()
		if err := do.Do(ctx, line.call, &answer); err != nil {
			return kind, 1, err
		}
		return kind, 1, line.check(line, &answer)
	}, nil
}
