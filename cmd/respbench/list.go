package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/driver"
	"respbench.dev/respbench/report"
	"respbench.dev/respbench/results"
	"respbench.dev/respbench/scenarios"
)

func (a *app) listCommand() *cobra.Command {
	lists := map[string]func(io.Writer){
		"scenarios": listScenarios,
		"clients":   func(w io.Writer) { listClients(w, a.libraries) },
		"formats":   listFormats,
	}
	c := &cobra.Command{
		Use:   "list scenarios|clients|drivers|formats|schema [NAME]",
		Short: "List scenarios, clients, drivers or formats, or print a JSON Schema",
		Long: `List scenarios, clients, drivers or formats, or print the JSON Schema of a plan
(the default), of the conversation with a driver (driver), or of what --format json
writes: ` + strings.Join(report.Schemas(), ", ") + ".",
		Example:   "  respbench list scenarios\n  respbench list clients\n  respbench list schema > plan.schema.json\n  respbench list schema results",
		ValidArgs: []string{"scenarios", "clients", "formats", "schema"},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 && args[0] == "schema" {
				return a.listSchema(args[1:])
			}
			if len(args) != 1 || lists[args[0]] == nil {
				return fmt.Errorf("list %s: have scenarios, clients, drivers, formats, schema", strings.Join(args, " "))
			}
			w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			lists[args[0]](w)
			return w.Flush()
		},
	}
	c.AddCommand(a.listDriversCommand())
	return c
}

const (
	schemaOfPlan   = "plan"
	schemaOfDriver = "driver"
)

// listSchema prints the schema of this name, or that of a plan.
func (a *app) listSchema(names []string) error {
	switch {
	case len(names) > 1:
		return fmt.Errorf("list schema %s: wants one name; have %s", strings.Join(names, " "), schemaNames())
	case len(names) == 0 || names[0] == schemaOfPlan:
		return printSchema(a.stdout)
	case names[0] == schemaOfDriver:
		_, err := a.stdout.Write(driver.Schema())
		return err
	}
	text, err := report.Schema(names[0])
	if err != nil {
		return fmt.Errorf("list schema: unknown schema %q; have %s", names[0], schemaNames())
	}
	_, err = a.stdout.Write(text)
	return err
}

func schemaNames() string {
	return strings.Join(append([]string{schemaOfPlan, schemaOfDriver}, report.Schemas()...), ", ")
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
		for _, v := range l.Variants {
			if !v.Hidden {
				fmt.Fprintf(w, "%s\t%s\n", results.Point{Library: l.Name, Variant: v.Name}.Client(), v.Doc)
			}
		}
	}
	fmt.Fprintln(w, "\nthose of other languages: respbench list drivers")
}

func listFormats(w io.Writer) {
	fmt.Fprintln(w, "of a report")
	describeAll(w, report.Formats())
	fmt.Fprintln(w, "\nof a sweep")
	describeAll(w, report.SweepFormats())
	fmt.Fprintln(w, "\nof a comparison")
	describeAll(w, report.ComparisonFormats())
}

func describeAll[T any](w io.Writer, formats []report.FormatOf[T]) {
	for _, f := range formats {
		fmt.Fprintf(w, "%s\t%s\n", f.Name, f.Doc)
	}
}
