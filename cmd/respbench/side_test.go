package main

import (
	"slices"
	"testing"

	"github.com/spf13/pflag"

	"respbench.dev/respbench/results"
)

// undecided are options of a side that decide nothing about a cell: how the
// server is reached, and what is only shown.
var undecided = []string{"user", "password-file", "tls", "cacert", "cert", "key", "sni", "insecure"}

// Whatever the sides may differ in must be left out of the key of their cells.
func TestSideOptions(t *testing.T) {
	t.Parallel()
	s, err := newSide("base", "", pflag.NewFlagSet("", pflag.ContinueOnError))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range s.names() {
		decides := len(results.Decided(name)) > 0
		if decides == slices.Contains(undecided, name) && name != "tls" {
			t.Errorf("--%s: decides fields of a cell: %v, listed as undecided: %v", name, decides, !decides)
		}
	}
}

func TestSideTakesOver(t *testing.T) {
	t.Parallel()
	o := &abOptions{}
	common := pflag.NewFlagSet("ab", pflag.ContinueOnError)
	o.addPair(common)
	if err := common.Parse([]string{"-c", "raw,goredis", "--timeout", "3s", "-w", "1,2", "-n", "5"}); err != nil {
		t.Fatal(err)
	}
	s, err := newSide("new", "clients=rueidis:*,redigo; workers=7", common)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Clients, []string{"rueidis:*", "redigo"}) || !slices.Equal(s.Workers, []int{7}) || s.Timeout.String() != "3s" || s.Ops != 5 {
		t.Errorf("%+v", s.Options)
	}
	base, err := newSide("base", "timeout=3s", common)
	if err != nil {
		t.Fatal(err)
	}
	if got := differ(base, s); !slices.Equal(got, []string{"clients", "workers"}) {
		t.Errorf("differ in %v", got)
	}
}
