// Package all lists the libraries that respbench can measure.
package all

import (
	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/fake"
	"respbench.dev/respbench/clients/goredis"
	"respbench.dev/respbench/clients/radix"
	"respbench.dev/respbench/clients/raw"
	"respbench.dev/respbench/clients/redigo"
	"respbench.dev/respbench/clients/rueidis"
	"respbench.dev/respbench/clients/valkey"
)

// Libraries returns every library in the order in which reports show them. The
// hidden ones come last.
func Libraries() []clients.Library {
	return []clients.Library{
		raw.Library,
		rueidis.Library,
		goredis.Library,
		redigo.Library,
		valkey.Library,
		radix.Library,
		fake.Library,
	}
}
