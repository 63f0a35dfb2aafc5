package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "respbench",
		Short: "What does my Go program get from this Redis, through this client library?",
		Long: `What does my Go program get from this Redis, through this client library, used
this way?

respbench runs scenarios through real client libraries against a server that
speaks RESP, repeats them in an order that cancels drift, and reports worst,
best and spread, latency percentiles and cost. It tells whether something has
changed, with an exit code for CI.`,
		Example: `  respbench run
  respbench run --url redis://10.0.0.5:6379 -c rueidis,redigo
  respbench run -s concurrent -w 1,10,100,1000 --rounds 7
  respbench ab --base clients=goredis --new clients=rueidis
  respbench report --format markdown`,
		Version:       toolVersion(),
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("unknown command %q; have %s", args[0], strings.Join(verbs(c), ", "))
			}
			return c.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	root.AddCommand(a.runCommand(), a.sweepCommand(), a.abCommand(), a.reportCommand(), a.compareCommand(), a.calibrateCommand(), a.doctorCommand(), a.listCommand(), a.serveCommand(), a.cleanCommand(), a.trialCommand(), a.guardCommand())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		text := strings.ReplaceAll(err.Error(), "strconv.", "") // names of Go's own
		return fmt.Errorf("%s; see %s --help", text, c.CommandPath())
	})
	return root
}

// verbs are the names of the commands that help lists.
func verbs(c *cobra.Command) []string {
	var names []string
	for _, verb := range c.Commands() {
		if verb.IsAvailableCommand() {
			names = append(names, verb.Name())
		}
	}
	return names
}

// toolVersion is what the build knows of itself.
func toolVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	var revision, modified string
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "+modified"
		}
	}
	switch {
	case version != "" && version != "(devel)":
		return version
	case revision != "":
		return fmt.Sprintf("devel-%.12s%s", revision, modified)
	default:
		return "devel"
	}
}

// self returns the command line that runs a verb of this very program.
func self(verb string) ([]string, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("the path of this program: %w", err)
	}
	return []string{path, verb}, nil
}
