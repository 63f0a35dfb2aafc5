package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"respbench.dev/respbench/scenarios"
)

// A planFile is a plan in YAML. Its keys are run's flags by their long names:
// those at the top hold for every scenario, those of a scenario for it alone.
//
//	servers:
//	  - server: redis-server
//	clients: [raw, rueidis]
//	rounds: 5
//	scenarios:
//	  - sync
//	  - name: concurrent
//	    workers: [1, 10, 100]
type planFile struct {
	path    string
	top     []setting
	servers []section
	entries []planEntry
}

// A section is one of a list. Places are "plan.yaml:line:column".
type section struct {
	at       string
	settings []setting
}

// sets reports whether the section has a flag.
func (s section) sets(flag string) bool { return sets(s.settings, flag) }

func sets(list []setting, flag string) bool {
	return slices.ContainsFunc(list, func(s setting) bool { return s.flag == flag })
}

// A setting is a flag and the values that it gets, at least one.
type setting struct {
	flag   string
	at     string
	values []planValue
	list   bool
}

type planValue struct{ at, text string }

// A planEntry is a scenario with settings of its own.
type planEntry struct {
	section
	scenario scenarios.Scenario
}

// readPlanFile reads a plan strictly: it refuses what it does not know.
func readPlanFile(path string) (*planFile, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p := &planFile{path: filepath.Base(path)}
	root, err := p.parse(content)
	if err != nil {
		return nil, err
	}
	if err := p.read(root); err != nil {
		return nil, err
	}
	if len(p.entries) == 0 {
		return nil, fmt.Errorf("%s: it names no scenarios", p.path)
	}
	return p, nil
}

func (p *planFile) read(root ast.Node) error {
	return p.pairs(root, topLevel, func(key string, value ast.Node) (err error) {
		switch key {
		case "servers":
			return p.each(key, value, p.server)
		case "scenarios":
			return p.each(key, value, p.entry)
		}
		p.top, err = p.add(p.top, key, value)
		return err
	})
}

func (p *planFile) server(n ast.Node) error {
	s := section{at: p.place(n)}
	err := p.pairs(n, serverLevel, func(key string, value ast.Node) (err error) {
		s.settings, err = p.add(s.settings, key, value)
		return err
	})
	p.servers = append(p.servers, s)
	return err
}

// entry reads a scenario: its name, or a mapping with the name in it.
func (p *planFile) entry(n ast.Node) (err error) {
	e, name := planEntry{section: section{at: p.place(n)}}, n
	if _, isMap := n.(ast.MapNode); isMap {
		name = nil
		err = p.pairs(n, entryLevel, func(key string, value ast.Node) (err error) {
			if key == "name" {
				name = value
				return nil
			}
			e.settings, err = p.add(e.settings, key, value)
			return err
		})
	}
	switch {
	case err != nil:
		return err
	case name == nil:
		return p.wrong(n, "a scenario without a name")
	}
	text, err := p.scalar("name", name)
	if err != nil {
		return err
	}
	if e.scenario, err = scenarios.Named(text); err != nil {
		return p.wrong(name, "%v", err)
	}
	p.entries = append(p.entries, e)
	return e.checkUsed()
}

// checkUsed refuses a load that the scenario does not use.
func (e planEntry) checkUsed() error {
	for _, s := range e.settings {
		if !uses(e.scenario, s.flag) {
			return fmt.Errorf("%s: %w", s.at, unused(s.flag, e.scenario.Name))
		}
	}
	return nil
}

// add reads a value of a flag, or a list of them.
func (p *planFile) add(list []setting, flag string, n ast.Node) (_ []setting, err error) {
	s := setting{flag: flag, at: p.place(n)}
	one := func(n ast.Node) error {
		text, err := p.value(flag, n)
		s.values = append(s.values, planValue{p.place(n), text})
		return err
	}
	if _, s.list = n.(*ast.SequenceNode); s.list {
		err = p.each(flag, n, one)
	} else {
		err = one(n)
	}
	return append(list, s), err
}

func (p *planFile) value(flag string, n ast.Node) (string, error) {
	if flag == "command" {
		return p.command(n)
	}
	return p.scalar(flag, n)
}

// command is a line, a mapping of a line and its weight, or @FILE; but for a
// file, what is returned begins with the weight.
func (p *planFile) command(n ast.Node) (text string, err error) {
	line, weight := n, 1
	if _, isMap := n.(ast.MapNode); isMap {
		if line, weight, err = p.weighted(n); err != nil {
			return "", err
		}
	}
	if text, err = p.scalar("command", line); err != nil {
		return "", err
	}
	if strings.HasPrefix(text, "@") {
		if line != n {
			return "", p.wrong(line, "the commands of a file have their weights there: have '%s' alone", text)
		}
		return text, nil
	}
	if _, err := scenarios.ParseLines([]string{text}, []int{weight}); err != nil {
		return "", p.wrong(line, "command %v", err)
	}
	return fmt.Sprint(weight, " ", text), nil
}

func (p *planFile) weighted(n ast.Node) (line ast.Node, weight int, err error) {
	weight = 1
	err = p.pairs(n, commandLevel, func(key string, value ast.Node) error {
		if key == "line" {
			line = value
			return nil
		}
		text, err := p.scalar(key, value)
		if err != nil {
			return err
		}
		if weight, err = strconv.Atoi(text); err != nil || weight < 1 {
			return p.wrong(value, "weight %q: have a whole number from 1", text)
		}
		return nil
	})
	if err == nil && line == nil {
		err = p.wrong(n, "a command without a line: have %s", commandLevel.example)
	}
	return line, weight, err
}
