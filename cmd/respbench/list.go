package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/report"
	"respbench.dev/respbench/scenarios"
)

func (a *app) listCommand() *cobra.Command {
	lists := map[string]func(io.Writer){
		"scenarios": listScenarios,
		"clients":   func(w io.Writer) { listClients(w, a.libraries) },
		"formats":   listFormats,
	}
	return &cobra.Command{
		Use:       "list scenarios|clients|formats|schema",
		Short:     "List scenarios, clients or formats, or print the JSON Schema of a plan",
		Example:   "  respbench list scenarios\n  respbench list clients\n  respbench list schema > plan.schema.json",
		ValidArgs: []string{"scenarios", "clients", "formats", "schema"},
		RunE: func(_ *cobra.Command, args []string) error {
			if slices.Equal(args, []string{"schema"}) {
				return printSchema(a.stdout)
			}
			if len(args) != 1 || lists[args[0]] == nil {
				return fmt.Errorf("list %s: have scenarios, clients, formats, schema", strings.Join(args, " "))
			}
			w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			lists[args[0]](w)
			return w.Flush()
		},
	}
}

func listScenarios(w io.Writer) {
	for _, s := range scenarios.All() {
		var uses []string
		for _, u := range s.Uses {
			uses = append(uses, "--"+string(u))
		}
		star := ""
		if s.Default {
			star = " *"
		}
		fmt.Fprintf(w, "%s%s\t%s\t%s\n", s.Name, star, s.Doc, strings.Join(uses, " "))
	}
	fmt.Fprintln(w, "\n* run when no scenario is named")
}

func listClients(w io.Writer, libraries []clients.Library) {
	for _, l := range libraries {
		for i, v := range l.Variants {
			if v.Hidden {
				continue
			}
			name := l.Name
			if i > 0 {
				name += ":" + v.Name
			}
			fmt.Fprintf(w, "%s\t%s\n", name, v.Doc)
		}
	}
}

func listFormats(w io.Writer) {
	for _, f := range report.Formats() {
		fmt.Fprintf(w, "%s\t%s\n", f.Name, f.Doc)
	}
}
