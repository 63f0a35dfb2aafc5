//go:build slowed

package main

import (
	"fmt"
	"os"
	"strings"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/clients/goredis"
	"respbench.dev/respbench/clients/slowed"
)

// slowedBy names the variable with the faults that the library "slowed" has,
// comma separated: it reaches the processes of trials.
const slowedBy = "RESPBENCH_SLOWED"

// With the tag slowed, go-redis can be made slower: scripts/verdicts shows with
// it what a comparison sees.
func init() {
	faults, err := slowedFaults(os.Getenv(slowedBy))
	if err != nil {
		fmt.Fprintf(os.Stderr, "respbench: %s: %v\n", slowedBy, err)
		os.Exit(exitUsage)
	}
	libraries = func() []clients.Library { return append(all.Libraries(), slowed.Of(goredis.Library, faults...)) }
}

func slowedFaults(list string) (faults []slowed.Fault, err error) {
	for text := range strings.SplitSeq(list, ",") {
		if text == "" || text == slowed.None.Name {
			continue
		}
		f, err := slowed.Parse(text)
		if err != nil {
			return nil, err
		}
		faults = append(faults, f)
	}
	return faults, nil
}
