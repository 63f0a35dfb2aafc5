package server

import (
	"context"

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

// Facts describes the server, without id and label. What the server refuses to
// say is left out, with a note that says so.
func (a *Admin) Facts(ctx context.Context) (facts results.Server, notes []string, err error) {
	fields, note, err := a.info(ctx)
	if err != nil {
		return results.Server{}, nil, err
	}
	if note != "" {
		notes = append(notes, note)
	}
	facts = factsOf(fields)
	facts.Kind = a.kind
	if a.kind == Embedded {
		facts.Name = EmbeddedName
	}
	facts.Config, note, err = a.config(ctx)
	if note != "" {
		notes = append(notes, note)
	}
	return facts, notes, err
}

func factsOf(i info) results.Server {
	facts := results.Server{Mode: i["redis_mode"], OS: i["os"], Facts: map[string]string{}}
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

func (a *Admin) config(ctx context.Context) (config map[string]string, note string, err error) {
	config = map[string]string{}
	for _, name := range configNames {
		values, err := a.client.ConfigGet(ctx, name).Result()
		if refusal := refusalOf(err); refusal != "" {
			return config, refusalNote(refusal, "CONFIG GET"), nil
		}
		if err != nil {
			return nil, "", a.explain(ctx, "CONFIG GET", err)
		}
		if value, ok := values[name]; ok {
			config[name] = value
		}
	}
	return config, "", nil
}
