package plan

import (
	"fmt"
	"slices"
	"strings"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/scenarios"
)

// A variant is a client that was chosen.
type variant struct {
	clients.Variant
	library string
}

// chooseClients resolves what was typed after -c, in the order of the
// libraries; none is the first variant of each.
func chooseClients(names []string, libraries []clients.Library) ([]variant, error) {
	if len(names) == 0 {
		names = clients.Names(libraries)
	}
	chosen := map[string]bool{}
	for _, name := range names {
		if err := choose(name, libraries, chosen); err != nil {
			return nil, err
		}
	}
	var list []variant
	for _, l := range libraries {
		for _, v := range l.Variants {
			if chosen[l.Name+":"+v.Name] {
				list = append(list, variant{Variant: v, library: l.Name})
			}
		}
	}
	return list, nil
}

// choose marks what one name stands for.
func choose(name string, libraries []clients.Library, chosen map[string]bool) error {
	library, pattern, _ := strings.Cut(name, ":")
	found := false
	for _, l := range libraries {
		if l.Name != library && (name != "all" || l.Driven) {
			continue
		}
		found = true
		if name == "all" || pattern == "*" {
			chooseAll(l, chosen, name == "all")
			continue
		}
		v, err := l.Find(pattern)
		if err != nil {
			return err
		}
		chosen[l.Name+":"+v.Name] = true
	}
	if !found {
		return fmt.Errorf("unknown client %q; have %s, all", name, strings.Join(clients.Names(libraries), ", "))
	}
	return nil
}

func chooseAll(l clients.Library, chosen map[string]bool, listedOnly bool) {
	for _, v := range l.Variants {
		if !v.Hidden || !listedOnly {
			chosen[l.Name+":"+v.Name] = true
		}
	}
}

// chooseScenarios resolves what was typed after -s; none is the default ones.
func chooseScenarios(names []string) ([]scenarios.Scenario, error) {
	var chosen []scenarios.Scenario
	for _, name := range names {
		if name == "all" {
			return scenarios.All(), nil
		}
		s, err := scenarios.Named(name)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(chosen, func(c scenarios.Scenario) bool { return c.Name == name }) {
			chosen = append(chosen, s)
		}
	}
	if len(names) > 0 {
		return chosen, nil
	}
	return slices.DeleteFunc(scenarios.All(), func(s scenarios.Scenario) bool { return !s.Default }), nil
}
