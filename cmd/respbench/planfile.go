package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/spf13/pflag"

	"respbench.dev/respbench/internal/plan"
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
	servers [][]setting
	entries []planEntry
}

// A setting is a flag and the values that it gets.
type setting struct {
	at     ast.Node
	flag   string
	values []string
	list   bool
}

// A planEntry is a scenario with settings of its own.
type planEntry struct {
	scenario string
	settings []setting
}

// readPlanFile reads a plan strictly: it refuses what it does not know.
func readPlanFile(path string) (*planFile, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p := &planFile{path: filepath.Base(path)}
	file, err := parser.ParseBytes(content, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.path, oneLine(err))
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, fmt.Errorf("%s: have one document, with scenarios in it", p.path)
	}
	if err := p.read(file.Docs[0].Body); err != nil {
		return nil, err
	}
	if len(p.entries) == 0 {
		return nil, fmt.Errorf("%s: it names no scenarios", p.path)
	}
	return p, nil
}

func (p *planFile) read(root ast.Node) (err error) {
	p.top, err = p.settings(root, topKeys(), func(key string, value ast.Node) (bool, error) {
		switch key {
		case "servers":
			return true, p.each(value, p.server)
		case "scenarios":
			return true, p.each(value, p.entry)
		}
		return false, nil
	})
	return err
}

func (p *planFile) server(n ast.Node) error {
	settings, err := p.settings(n, serverKeys(), nil)
	p.servers = append(p.servers, settings)
	return err
}

// entry reads a scenario: its name, or a mapping with the name in it.
func (p *planFile) entry(n ast.Node) (err error) {
	var e planEntry
	if _, isMap := n.(ast.MapNode); !isMap {
		e.scenario, err = p.scalar(n)
	} else {
		e.settings, err = p.settings(n, entryKeys(), func(key string, value ast.Node) (named bool, err error) {
			if key == "name" {
				e.scenario, err = p.scalar(value)
			}
			return key == "name", err
		})
	}
	if err != nil {
		return err
	}
	if e.scenario == "" {
		return p.wrong(n, "a scenario without a name")
	}
	if _, err := scenarios.Named(e.scenario); err != nil {
		return p.wrong(n, "%v", err)
	}
	p.entries = append(p.entries, e)
	return nil
}

// settings reads a mapping of keys; special takes those that are no flags.
func (p *planFile) settings(n ast.Node, keys []string, special func(string, ast.Node) (bool, error)) ([]setting, error) {
	mapping, ok := n.(ast.MapNode)
	if !ok {
		return nil, p.wrong(n, "have a mapping of keys: %s", "clients: [raw]")
	}
	var list []setting
	for pairs := mapping.MapRange(); pairs.Next(); {
		key, value := pairs.Key().GetToken().Value, pairs.Value()
		if !slices.Contains(keys, key) {
			return nil, p.wrong(pairs.Key(), "unknown key %q; nearest is %q", key, nearest(key, keys))
		}
		if special != nil {
			if taken, err := special(key, value); taken || err != nil {
				if err != nil {
					return nil, err
				}
				continue
			}
		}
		s := setting{at: value, flag: key}
		if err := p.values(&s, value); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// values reads one value, or a list of them.
func (p *planFile) values(s *setting, n ast.Node) error {
	sequence, ok := n.(*ast.SequenceNode)
	if !ok {
		text, err := p.scalar(n)
		s.values = []string{text}
		return err
	}
	s.list = true
	for _, v := range sequence.Values {
		text, err := p.element(s.flag, v)
		if err != nil {
			return err
		}
		s.values = append(s.values, text)
	}
	return nil
}

// element is one of a list. A command may be a mapping with its weight.
func (p *planFile) element(flag string, n ast.Node) (string, error) {
	if _, isMap := n.(ast.MapNode); !isMap || flag != "command" {
		text, err := p.scalar(n)
		if flag == "command" {
			text = "1 " + text
		}
		return text, err
	}
	parts := map[string]string{"weight": "1"}
	settings, err := p.settings(n, []string{"line", "weight"}, nil)
	for _, s := range settings {
		parts[s.flag] = s.values[0]
	}
	return parts["weight"] + " " + parts["line"], err
}

func (p *planFile) each(n ast.Node, read func(ast.Node) error) error {
	sequence, ok := n.(*ast.SequenceNode)
	if !ok {
		return p.wrong(n, "have a list")
	}
	for _, v := range sequence.Values {
		if err := read(v); err != nil {
			return err
		}
	}
	return nil
}

func (p *planFile) scalar(n ast.Node) (string, error) {
	switch v := n.(type) {
	case *ast.LiteralNode:
		return v.Value.Value, nil
	case *ast.NullNode:
		return "", p.wrong(n, "there is no value")
	case ast.ScalarNode:
		return n.GetToken().Value, nil
	}
	return "", p.wrong(n, "have one value here")
}

// wrong is an error at a place of the file.
func (p *planFile) wrong(at ast.Node, format string, args ...any) error {
	position := at.GetToken().Position
	return fmt.Errorf("%s:%d:%d: %s", p.path, position.Line, position.Column, fmt.Sprintf(format, args...))
}

// apply sets flags to what the file has, but for those given on the command
// line.
func (p *planFile) apply(settings []setting, to *pflag.FlagSet, given func(string) bool) error {
	for _, s := range settings {
		if given(s.flag) {
			continue
		}
		if err := s.set(to.Lookup(s.flag)); err != nil {
			return p.wrong(s.at, "%s: %v", s.flag, err)
		}
	}
	return nil
}

func (s setting) set(f *pflag.Flag) error {
	list, isList := f.Value.(pflag.SliceValue)
	f.Changed = true
	switch {
	case isList && (s.list || f.Changed):
		return replace(list, f.Name, s.values)
	case s.list:
		return errors.New("have one value, not a list")
	}
	return f.Value.Set(s.values[0])
}

// replace sets a list to values, each of which may itself be several as on the
// command line.
func replace(list pflag.SliceValue, flag string, values []string) error {
	if flag == "command" || flag == "mix" || flag == "fail-on" {
		return list.Replace(values)
	}
	if err := list.Replace(nil); err != nil {
		return err
	}
	for _, v := range values {
		if err := list.(pflag.Value).Set(v); err != nil {
			return err
		}
	}
	return nil
}

// parts are the plan's, one for each scenario that the file names: o is what
// the top of the file and the command line have set.
func (p *planFile) parts(o *runOptions, given func(string) bool) ([]plan.Options, error) {
	var parts []plan.Options
	for _, e := range p.entries {
		part := &runOptions{}
		flags := pflag.NewFlagSet(e.scenario, pflag.ContinueOnError)
		part.addPlan(flags)
		var err error
		o.flags.VisitAll(func(f *pflag.Flag) {
			if mine := flags.Lookup(f.Name); mine != nil && f.Changed && f.Name != "weight" {
				err = errors.Join(err, copyFlag(mine, f))
			}
		})
		if err == nil {
			err = p.apply(e.settings, flags, given)
		}
		if err == nil {
			part.Seed = o.Seed
			err = part.validate(flags)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.scenario, err)
		}
		part.Scenarios, part.Seed = []string{e.scenario}, o.Seed
		parts = append(parts, part.Options)
	}
	return parts, nil
}

// A plannedServer is one that a plan's file names.
type plannedServer struct {
	serverFlags
	label string
}

// readPlan sets what the plan's file says at its top and was not given on the
// command line.
func (o *runOptions) readPlan(path string, flags *pflag.FlagSet) (err error) {
	if o.file, err = readPlanFile(path); err != nil {
		return err
	}
	typed := map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { typed[f.Name] = true })
	o.typed = func(flag string) bool { return typed[flag] }
	switch {
	case typed["resume"]:
		return fmt.Errorf("--resume together with %s: a run that goes on has its plan in its file", o.file.path)
	case typed["scenarios"]:
		return fmt.Errorf("--scenarios together with %s, which names the scenarios", o.file.path)
	}
	if err := o.file.apply(o.file.top, flags, o.typed); err != nil {
		return err
	}
	return o.readServers()
}

func (o *runOptions) readServers() error {
	labels := map[string]bool{}
	for _, settings := range o.file.servers {
		var s plannedServer
		own := pflag.NewFlagSet("server", pflag.ContinueOnError)
		s.addServer(own)
		own.StringVar(&s.label, "label", "", "")
		if err := o.file.apply(settings, own, func(string) bool { return false }); err != nil {
			return err
		}
		if labels[s.label] {
			return fmt.Errorf("%s: several servers need a label each, all different", o.file.path)
		}
		labels[s.label] = true
		o.servers = append(o.servers, s)
	}
	for _, name := range append(serverKeys(), "server-label") {
		if len(o.servers) > 0 && o.typed(name) {
			return fmt.Errorf("--%s together with %s, which names the servers", name, o.file.path)
		}
	}
	return nil
}

// planned makes the parts of a plan's file, if there is one.
func (o *runOptions) planned() (err error) {
	if o.file != nil {
		o.parts, err = o.file.parts(o, o.typed)
	}
	return err
}
