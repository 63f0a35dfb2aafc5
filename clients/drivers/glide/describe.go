package main

import (
	"runtime"
	"runtime/debug"

	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/scenarios"
)

func description() driver.Description {
	d := driver.Description{
		Protocol: driver.Protocol, Name: "glide", Runtime: runtime.Version(), Speaks: driver.SpeaksTrial,
		Packages:   map[string]string{module: version()},
		Scenarios:  map[string]int{},
		Transports: []string{"tcp", "tls"},
	}
	client := driver.Client{Name: Library.Name, Package: module, RESP: []int{3}}
	for _, v := range Library.Variants {
		client.Variants = append(client.Variants, driver.Variant{Name: v.Name, Doc: v.Doc, Shares: v.Shares, MostConns: 1})
	}
	d.Clients = []driver.Client{client}
	for _, s := range scenarios.All() {
		if Library.Variants[0].Has.Lacks(s.Needs) == "" {
			d.Scenarios[s.Name] = s.Version
		}
	}
	return d
}

// version is that of the library in this program.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == module {
			return m.Version
		}
	}
	return ""
}
