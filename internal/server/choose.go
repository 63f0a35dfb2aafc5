package server

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// What Options.Kind may say, beside a path.
const (
	kindAuto     = "auto"
	kindEmbedded = "embedded"
	kindRedis    = "redis-server"
	kindValkey   = "valkey-server"
)

const kindChoices = "have auto, embedded, redis-server, valkey-server or a path"

// Plan tells which server Start would give: its kind, and the program that it
// would start for a Spawned one. It touches nothing.
func Plan(o Options) (kind, path string, err error) {
	automatic := o.Kind == "" || o.Kind == kindAuto
	switch {
	case len(o.Access.Addrs) > 0 && !automatic:
		return "", "", fmt.Errorf("server %q would be started, and another is named: give one of them", o.Kind)
	case len(o.Access.Addrs) > 0:
		return Remote, "", nil
	case automatic:
		return planAuto(o)
	case o.Kind == kindEmbedded:
		return planEmbedded(o)
	default:
		return planProgram(o.Kind)
	}
}

func planAuto(o Options) (kind, path string, err error) {
	for _, name := range []string{kindRedis, kindValkey} {
		if path, err := exec.LookPath(name); err == nil {
			return Spawned, path, nil
		}
	}
	return planEmbedded(o)
}

func planEmbedded(o Options) (kind, path string, err error) {
	if len(o.Embedded) == 0 {
		return "", "", errors.New("no command for the embedded server")
	}
	return Embedded, "", nil
}

func planProgram(name string) (kind, path string, err error) {
	known := name == kindRedis || name == kindValkey
	if !known && !strings.ContainsAny(name, `/\`) {
		return "", "", fmt.Errorf("unknown server %q; %s", name, kindChoices)
	}
	path, err = exec.LookPath(name)
	switch {
	case err == nil:
		return Spawned, path, nil
	case known:
		return "", "", fmt.Errorf("no %s on PATH; %s", name, kindChoices)
	default:
		return "", "", fmt.Errorf("server %q: %w; %s", name, errors.Unwrap(err), kindChoices)
	}
}
