// Command glide executes trials of respbench through Valkey GLIDE. It is a module
// of its own, so that nobody who does not want the library downloads it: 52 MB,
// 175 MB unpacked, with a core in Rust for Linux and macOS. It needs a C compiler.
//
//	go build -C clients/drivers/glide -o PATH
//	respbench run -c raw,exec:PATH
//
// On Alpine Linux build it with -tags musl.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/trial"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "glide:", err)
		os.Exit(1)
	}
}

// run leaves signals from the terminal to its owner, who stops a trial by closing
// its stdin.
func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "describe":
		return json.NewEncoder(os.Stdout).Encode(description())
	case len(args) > 0:
		return fmt.Errorf("unexpected argument %q; have describe, or none for a trial on stdin", args[0])
	}
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	return trial.Serve(os.Stdin, os.Stdout, []clients.Library{Library}, func() { os.Exit(1) })
}
