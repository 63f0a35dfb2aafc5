package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/scenarios"
)

// A plannedServer is one that a plan's file names.
type plannedServer struct {
	serverFlags
	label string
	at    string // place in the file
}

// readPlan sets what the plan's file says at its top and was not given on the
// command line.
func (o *runOptions) readPlan(path string, flags *pflag.FlagSet) (err error) {
	typed := map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { typed[f.Name] = true })
	o.typed = func(flag string) bool { return typed[flag] }
	if o.file, err = readPlanFile(path); err != nil {
		return err
	}
	switch {
	case typed["resume"]:
		return fmt.Errorf("--resume together with %s: a run that goes on has its plan in its file", o.file.path)
	case typed["scenarios"]:
		return fmt.Errorf("--scenarios together with %s, which names the scenarios", o.file.path)
	}
	if err := apply(o.file.top, flags, func(flag string) bool { return !decided(flag, o.typed) }); err != nil {
		return err
	}
	return o.readServers()
}

func (o *runOptions) readServers() error {
	labels := map[string]bool{}
	for _, section := range o.file.servers {
		s := plannedServer{at: section.at}
		s.inPlan = o.file.path
		own := pflag.NewFlagSet("server", pflag.ContinueOnError)
		s.addServer(own)
		own.StringVar(&s.label, "label", "", "")
		if err := apply(section.settings, own, func(string) bool { return true }); err != nil {
			return err
		}
		switch {
		case section.sets("port") && s.port == 0:
			return fmt.Errorf("%s: --port 0: must be above 0", s.at)
		case labels[s.label] || s.label == "" && len(o.file.servers) > 1:
			return fmt.Errorf("%s: several servers need a label each, all different", s.at)
		}
		labels[s.label] = true
		o.servers = append(o.servers, s)
	}
	for _, name := range append(serverLevel.keys(), "server-label") {
		if len(o.servers) > 0 && o.typed(name) {
			return fmt.Errorf("--%s together with %s, which names the servers", name, o.file.path)
		}
	}
	return nil
}

// planned makes the parts of a plan's file, if there is one.
func (o *runOptions) planned() error {
	if o.file == nil {
		return nil
	}
	if err := o.checkUsed(); err != nil {
		return err
	}
	for i, e := range o.file.entries {
		part, err := o.part(e)
		if err != nil {
			return &plan.PartError{Part: i, Err: err}
		}
		o.parts = append(o.parts, part.Options)
	}
	return nil
}

// part is what is run of one scenario: its own settings come before those at
// the top, and the command line comes before both.
func (o *runOptions) part(e planEntry) (*runOptions, error) {
	part, flags := &runOptions{}, pflag.NewFlagSet(e.scenario.Name, pflag.ContinueOnError)
	part.addPlan(flags)
	err := apply(o.file.top, flags, func(flag string) bool {
		return !decided(flag, o.typed) && !decided(flag, e.sets) && o.holds(flag, e)
	})
	if err == nil {
		err = apply(e.settings, flags, func(flag string) bool { return !decided(flag, o.typed) })
	}
	o.flags.VisitAll(func(f *pflag.Flag) {
		mine := flags.Lookup(f.Name)
		if mine != nil && o.typed(f.Name) && f.Name != "weight" && o.holds(f.Name, e) { // a weight is kept with its command
			err = errors.Join(err, copyFlag(mine, f))
		}
	})
	if err == nil {
		err = part.validate(flags)
	}
	part.Scenarios, part.Seed = []string{e.scenario.Name}, o.Seed
	return part, err
}

// decided reports whether a flag has no say because of others: a trial ends by a
// number of ops or by a time.
func decided(flag string, by func(flag string) bool) bool {
	return by(flag) || flag == "ops" && by("duration") || flag == "duration" && by("ops")
}

// holds reports whether a flag at the top or on the command line holds for a
// scenario.
func (o *runOptions) holds(flag string, e planEntry) bool {
	if flag == "arrivals" {
		return o.typed("rate") || e.sets("rate") || sets(o.file.top, "rate")
	}
	return uses(e.scenario, flag)
}

// uses reports whether a scenario uses a load, or a flag is none.
func uses(s scenarios.Scenario, flag string) bool {
	is := func(s scenarios.Scenario) bool { return s.UsesLoad(scenarios.Use(flag)) }
	return is(s) || !slices.ContainsFunc(scenarios.All(), is)
}

// checkUsed refuses what no scenario uses.
func (o *runOptions) checkUsed() (err error) {
	o.flags.VisitAll(func(f *pflag.Flag) {
		given := o.typed(f.Name) || sets(o.file.top, f.Name)
		if !given || slices.ContainsFunc(o.file.entries, func(e planEntry) bool { return o.holds(f.Name, e) }) {
			return
		}
		var names []string
		for _, e := range o.file.entries {
			names = append(names, e.scenario.Name)
		}
		err = unused(f.Name, names...)
	})
	return err
}

func unused(flag string, by ...string) error {
	if flag == "arrivals" {
		return errors.New("--arrivals without --rate: there is no schedule")
	}
	var users []string
	for _, s := range scenarios.All() {
		if uses(s, flag) {
			users = append(users, s.Name)
		}
	}
	return fmt.Errorf("--%s is not used by %s; it is used by %s", flag, strings.Join(slices.Compact(by), ", "), strings.Join(users, ", "))
}

// apply sets the flags that are wanted to what the file has.
func apply(settings []setting, to *pflag.FlagSet, wanted func(flag string) bool) error {
	for _, s := range settings {
		if !wanted(s.flag) {
			continue
		}
		if err := s.set(to.Lookup(s.flag)); err != nil {
			return err
		}
	}
	return nil
}

func (s setting) set(f *pflag.Flag) error {
	f.Changed = true
	if list, isList := f.Value.(pflag.SliceValue); isList {
		if err := list.Replace(nil); err != nil {
			return err
		}
	} else if s.list {
		return fmt.Errorf("%s: %s: have one value, not a list", s.at, s.flag)
	}
	for _, v := range s.values {
		if err := s.put(v.text, f.Value); err != nil {
			return fmt.Errorf("%s: %s: %w", v.at, s.flag, err)
		}
	}
	return nil
}

// put adds a value, which may itself be several as on the command line.
func (s setting) put(text string, to pflag.Value) error {
	if lines, ok := to.(*commandLines); ok && !strings.HasPrefix(text, "@") {
		return lines.Append(text) // it has its weight
	}
	err := to.Set(text)
	if number, ok := errors.AsType[*strconv.NumError](err); ok {
		return fmt.Errorf("%q: %w", number.Num, number.Err)
	}
	return err
}

// wrongFlag is how an error begins that is about a flag.
var wrongFlag = regexp.MustCompile(`^(?:--([a-z-]+)|unknown (?:client|variant) )`)

// locate adds to an error where in the plan's file that is which it is about.
func (o *runOptions) locate(err error) error {
	if err == nil || o.file == nil {
		return err
	}
	var e planEntry
	if part, ok := errors.AsType[*plan.PartError](err); ok {
		e = o.file.entries[part.Part]
	}
	if begin := wrongFlag.FindStringSubmatch(err.Error()); begin != nil {
		flag := begin[1]
		if flag == "" {
			flag = "clients"
		}
		if o.typed(flag) {
			return err
		}
		for _, s := range slices.Concat(e.settings, o.file.top) {
			if s.flag == flag {
				return fmt.Errorf("%s: %w", s.at, err)
			}
		}
	}
	if e.at == "" || strings.HasPrefix(err.Error(), o.file.path+":") {
		return err
	}
	return fmt.Errorf("%s: %w", e.at, err)
}
