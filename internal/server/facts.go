package server

import (
	"context"
	"strconv"

	"respbench.dev/respbench/results"
)

// EmbeddedName is what the embedded server is called wherever it is shown.
const EmbeddedName = "embedded (not Redis)"

// configNames are the settings that change what a measurement means.
var configNames = []string{"save", "appendonly", "maxmemory", "maxmemory-policy", "io-threads"}

// factNames are the fields of INFO that are kept: nothing in them names a host,
// a user or a path.
var factNames = []string{"arch_bits", "cluster_enabled", "hz", "mem_allocator", "multiplexing_api", "role"}

// makers tell by which field of INFO a server that is not Redis gives its
// version. Most give redis_version too, for the sake of clients.
var makers = []struct{ field, name string }{
	{"respbench_version", EmbeddedName},
	{"valkey_version", "valkey"},
	{"dragonfly_version", "dragonfly"},
	{"garnet_version", "garnet"},
	{"kvrocks_version", "kvrocks"},
	{"redis_version", "redis"},
}

// Facts describes the server, without id and label; of a cluster, what holds
// for all masters. What the server refuses to say is left out, with a note that
// says so. Notes of Check come first.
func (a *Admin) Facts(ctx context.Context) (facts results.Server, notes []string, err error) {
	masters, err := a.masters(ctx)
	if err != nil {
		return results.Server{}, nil, err
	}
	fields, note, err := masters[0].info(ctx)
	if err != nil {
		return results.Server{}, nil, err
	}
	if hello := a.greeting.note(); hello != "" {
		notes = append(notes, hello)
	}
	notes = append(notes, notesOf(fields, note)...)
	facts = factsOf(fields)
	a.complete(&facts)
	facts.Config, note, err = commonConfig(ctx, masters)
	if err != nil {
		return results.Server{}, nil, err
	}
	if note != "" {
		notes = append(notes, note)
	}
	if a.mode() == results.Cluster {
		replicas, err := a.replicas(ctx)
		if err != nil {
			return results.Server{}, nil, err
		}
		facts.Facts["masters"], facts.Facts["replicas"] = strconv.Itoa(len(masters)), strconv.Itoa(len(replicas))
	}
	return facts, notes, nil
}

func notesOf(fields info, note string) (notes []string) {
	if note != "" {
		notes = append(notes, note)
	}
	if fields.number("used_memory") == nil || fields.number("maxmemory") == nil {
		notes = append(notes, "the server does not tell its memory: whether there is room is not known")
	}
	return notes
}

// complete adds what INFO does not tell, or not to everybody.
func (a *Admin) complete(facts *results.Server) {
	facts.Kind, facts.Mode = a.kind, a.mode()
	switch {
	case a.access.TLS != nil:
		facts.Transport = "tls"
	default:
		facts.Transport = a.access.Network
	}
	if facts.Name == "" && facts.Version == "" {
		facts.Name, facts.Version = a.greeting.fields["server"], a.greeting.fields["version"]
	}
	if a.kind == Embedded {
		facts.Name = EmbeddedName
	}
}

func factsOf(i info) results.Server {
	facts := results.Server{OS: i["os"], Facts: map[string]string{}}
	facts.Name, facts.Version = i.maker()
	for _, name := range factNames {
		if value, ok := i[name]; ok {
			facts.Facts[name] = value
		}
	}
	return facts
}

func (i info) maker() (name, version string) {
	for _, m := range makers {
		if version, ok := i[m.field]; ok {
			name := m.name
			if _, ok := i["mvcc_depth"]; ok && name == "redis" {
				name = "keydb" // which has no version field of its own
			}
			return name, version
		}
	}
	return i["server_name"], ""
}

// commonConfig is the configuration of all masters, "mixed" where they differ.
func commonConfig(ctx context.Context, masters []node) (config map[string]string, note string, err error) {
	for i, master := range masters {
		own, note, err := master.config(ctx)
		if err != nil || note != "" {
			return own, note, err
		}
		if i == 0 {
			config = own
		}
		for name, value := range own {
			config[name] = common(config[name], value)
		}
	}
	return config, "", nil
}

func (n node) config(ctx context.Context) (config map[string]string, note string, err error) {
	config = map[string]string{}
	for _, name := range configNames {
		values, err := n.ConfigGet(ctx, name).Result()
		if refusal := refusalOf(err); refusal != "" {
			return config, refusalNote(refusal, "CONFIG GET"), nil
		}
		if err != nil {
			return nil, "", n.explain(ctx, "CONFIG GET", err)
		}
		if value, ok := values[name]; ok {
			config[name] = value
		}
	}
	return config, "", nil
}
