package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/results"
)

// A source is a run, and what tells it apart in this document: "base", "run x".
type source struct {
	tag    string
	header results.Header
}

func originsOf(headers []results.Header, tag string) []source {
	return list(headers, func(h results.Header) source {
		if tag != "" {
			return source{tag, h}
		}
		return source{"run " + h.ID, h}
	})
}

// addOrigins says where the numbers of a document come from.
func addOrigins(d *document.Document, sources []source) {
	d.Facts, d.Reproduce = factsOf(sources), commandsOf(sources)
}

// tagged are the facts of one machine, server or executor.
type tagged struct {
	tag   string
	facts []document.Fact
}

// factsOf are machine, server and versions. What is the same everywhere is said
// once, all else with where it holds.
func factsOf(sources []source) []document.Fact {
	var machines, servers, executors, noted []tagged
	for _, s := range sources {
		tag := s.tag
		if label := s.header.Machine.Label; label != "" {
			tag = label
		}
		machines = append(machines, tagged{tag, machineFacts(s.header.Machine)})
		for _, server := range s.header.Servers {
			servers = append(servers, tagged{oneOf(s.tag, server.ID, len(s.header.Servers)), serverFacts(server)})
		}
		for _, e := range s.header.Executors {
			executors = append(executors, tagged{oneOf(s.tag, e.ID, len(s.header.Executors)), executorFacts(e)})
		}
		noted = append(noted, tagged{s.tag, findingFacts(s.header.Findings)})
	}
	return slices.Concat(merged(machines), merged(servers), merged(executors), merged(noted))
}

// oneOf names one of several of a run.
func oneOf(tag, id string, several int) string {
	if several == 1 {
		return tag
	}
	return tag + " " + id
}

// merged has each fact once with each value.
func merged(all []tagged) []document.Fact {
	type value struct {
		document.Fact
		tags []string
	}
	var tags, names []string
	var values []value
	for _, t := range all {
		tags = addNew(tags, t.tag)
		for _, f := range t.facts {
			names = addNew(names, f.Name)
			i := slices.IndexFunc(values, func(v value) bool { return v.Fact == f })
			if i < 0 {
				i = len(values)
				values = append(values, value{Fact: f})
			}
			values[i].tags = addNew(values[i].tags, t.tag)
		}
	}
	var facts []document.Fact
	for _, name := range names {
		for _, v := range values {
			if v.Name != name {
				continue
			}
			if len(v.tags) < len(tags) {
				if v.tags[0] == v.Value {
					continue // that is its name already
				}
				v.Name += " (" + fewWords(v.tags, "run") + ")"
			}
			facts = append(facts, document.Fact{Name: plain(v.Name), Value: plain(v.Value)})
		}
	}
	return facts
}

// knownFacts leave out what nobody told.
func knownFacts(facts ...document.Fact) []document.Fact {
	return slices.DeleteFunc(facts, func(f document.Fact) bool { return f.Value == "" })
}

func machineFacts(m results.Machine) []document.Fact {
	cores, memory := "", ""
	if m.Cores > 0 {
		cores = integer(m.Cores)
	}
	if m.MemoryBytes > 0 {
		in := byteScale([]float64{float64(m.MemoryBytes)})
		memory = number(float64(m.MemoryBytes)/in.by, 1) + " " + in.unit
	}
	return knownFacts(
		document.Fact{Name: "machine", Value: m.Label},
		document.Fact{Name: "OS", Value: strings.TrimSpace(strings.Trim(m.OS+"/"+m.Arch, "/") + " " + m.Platform)},
		document.Fact{Name: "kernel", Value: m.Kernel},
		document.Fact{Name: "CPU", Value: m.CPU}, document.Fact{Name: "cores", Value: cores},
		document.Fact{Name: "memory", Value: memory}, document.Fact{Name: "virtualization", Value: m.Virtual},
	)
}

func serverFacts(s results.Server) []document.Fact {
	return knownFacts(
		document.Fact{Name: "server", Value: strings.TrimPrefix(serverWords(s), "server ")},
		document.Fact{Name: "server OS", Value: s.OS},
		document.Fact{Name: "server configuration", Value: pairWords(s.Config)},
		document.Fact{Name: "server facts", Value: pairWords(s.Facts)},
	)
}

// pairWords write "hz 10, save (empty)".
func pairWords(pairs map[string]string) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		value := pairs[name]
		if value == "" {
			value = "(empty)"
		}
		words = append(words, name+" "+value)
	}
	return strings.Join(words, ", ")
}

func executorFacts(e results.Executor) []document.Fact {
	facts := knownFacts(document.Fact{Name: e.Tool, Value: e.Version}, runtimeFact(e.Runtime))
	for _, module := range slices.Sorted(maps.Keys(e.Libraries)) {
		facts = append(facts, document.Fact{Name: module, Value: e.Libraries[module]})
	}
	return facts
}

// runtimeFact names the language: "go1.26.8" or, of a driver, "CPython 3.11.2".
func runtimeFact(runtime string) document.Fact {
	if version, ours := strings.CutPrefix(runtime, "go"); ours {
		return document.Fact{Name: "Go", Value: version}
	}
	if name, version, told := strings.Cut(runtime, " "); told {
		return document.Fact{Name: name, Value: version}
	}
	return document.Fact{Name: "runtime", Value: runtime}
}

// findingFacts are what was to be noted before the run; a problem is a warning.
func findingFacts(findings []results.Finding) []document.Fact {
	var facts []document.Fact
	for _, f := range findings {
		if f.Level == results.LevelNote {
			facts = append(facts, document.Fact{Name: "noted before the run: " + f.About + ", " + f.Code, Value: f.Text})
		}
	}
	return facts
}

// commandsOf are the command lines of the runs, for a shell, each once: both
// sides of a run were measured by one.
func commandsOf(sources []source) []string {
	var lines []string
	for _, s := range sources {
		h := s.header
		words := list(h.Command, shellWord)
		if len(words) == 0 {
			continue
		}
		if !slices.ContainsFunc(h.Command, isSeed) {
			words = append(words, "--seed", strconv.FormatUint(h.Seed, 10))
		}
		lines = addNew(lines, strings.Join(words, " "))
	}
	return lines
}

func isSeed(arg string) bool { return arg == "--seed" || strings.HasPrefix(arg, "--seed=") }

const shellSafe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,/:@%"

// shellWord quotes a word for a shell, unless it needs no quotes.
func shellWord(word string) string {
	word = plain(word)
	if word != "" && strings.Trim(word, shellSafe) == "" {
		return word
	}
	return fmt.Sprintf("'%s'", strings.ReplaceAll(word, "'", `'\''`))
}
