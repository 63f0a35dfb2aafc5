package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// What a password file and a key file hold is in no command line and no
// environment of what a run starts.
func TestSecretsInProcesses(t *testing.T) {
	t.Parallel()
	for _, kind := range protectedServers {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			scheme, rest, args := kind.start(t)
			file := filepath.Join(t.TempDir(), "password")
			if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			p := start(t, slices.Concat([]string{
				"run", "-s", "sync", "-c", "rueidis", "-k", "100", "--duration", "300ms", "--warmup", "0", "--rounds", "2", "-o", "out.jsonl",
				"--url", scheme + "://" + rest, "--password-file", file,
			}, args)...)
			var seen strings.Builder
			for ; !p.ended(); time.Sleep(20 * time.Millisecond) {
				for _, folder := range p.processes("respbench") {
					for _, name := range []string{"cmdline", "environ"} {
						text, _ := os.ReadFile(filepath.Join(folder, name)) // gone meanwhile: nothing
						seen.Write(text)
					}
				}
			}
			p.expect(t, exitDone, patience)
			if trial := binary + "\x00trial\x00"; !strings.Contains(seen.String(), trial) || !strings.Contains(seen.String(), "TMPDIR=") {
				t.Errorf("no trial and its environment among what was seen")
			}
			expectNoSecret(t, "a command line or an environment", seen.String())
			expectNoPEM(t, "a command line or an environment", seen.String(), args)
		})
	}
}
