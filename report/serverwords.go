package report

import (
	"strconv"
	"strings"

	"respbench.dev/respbench/results"
)

// serverWords name the server, what it is part of, who started it and how it
// was reached.
func serverWords(s results.Server) string {
	name := strings.TrimSpace(s.Name + " " + s.Version)
	var how []string
	switch {
	case name == "":
		name = s.Kind
	case s.Kind != "embedded": // which its name says
		how = append(how, s.Kind)
	}
	name += modeWords(s)
	switch s.Transport {
	case "tls":
		how = append(how, "TLS")
	case "unix":
		how = append(how, "unix socket")
	}
	if len(how) > 0 {
		name += " (" + strings.Join(how, ", ") + ")"
	}
	if s.Label != "" {
		return "server " + s.Label + ": " + name
	}
	return "server " + name
}

func modeWords(s results.Server) string {
	nodes := func(noun string) string {
		if n, err := strconv.Atoi(s.Facts[noun+"s"]); err == nil {
			return counted(n, noun)
		}
		return ""
	}
	masters, replicas := nodes("master"), nodes("replica")
	switch s.Mode {
	case results.Cluster:
		if masters == "" {
			return " cluster"
		}
		return " cluster of " + masters + prefixed(" and ", replicas)
	case results.Sentinel:
		return " behind Sentinel" + prefixed(" with ", replicas)
	case "", results.Standalone:
		return ""
	}
	return " " + s.Mode
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}
