package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"respbench.dev/respbench/internal/server/embedded"
)

// manyCores is from how many CPUs on the embedded server uses more than one:
// below, a second one costs the client more than it gives the server.
const manyCores = 4

func (a *app) serveCommand() *cobra.Command {
	var host, passwordFile string
	var port int
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the embedded server (not Redis)",
		Long: `Run the embedded server: a small server that speaks RESP2 and RESP3 and knows
the everyday commands. It keeps everything in memory and is not Redis.

It listens on loopback only, and asks for a password with --password-file.`,
		Example: "  respbench serve -p 6380\n  redis-cli -p 6380 set key value",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			password, err := servePassword(passwordFile)
			if err != nil {
				return err
			}
			return a.serve(c.Context(), net.JoinHostPort(host, strconv.Itoa(port)), password)
		},
	}
	c.Flags().StringVar(&host, "host", "127.0.0.1", "address to listen on; others than loopback can be reached by others")
	c.Flags().IntVarP(&port, "port", "p", 6379, "port to listen on; 0 picks one")
	c.Flags().StringVar(&passwordFile, "password-file", "", "file that holds the password to ask for")
	return c
}

func servePassword(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	secret, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("--password-file: %w", err)
	}
	return strings.TrimRight(string(secret), "\r\n"), nil
}

// serve runs the server until ctx ends.
func (a *app) serve(ctx context.Context, addr, password string) error {
	if os.Getenv("GOMAXPROCS") == "" && runtime.GOMAXPROCS(0) < manyCores {
		runtime.GOMAXPROCS(1)
	}
	s, err := embedded.Listen(embedded.Options{Addr: addr, Password: password, Version: toolVersion()})
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	fmt.Fprintf(a.stderr, "listening on %s\n", s.Addr())
	return s.Serve()
}
