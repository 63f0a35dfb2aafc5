// Delayline puts a distance between two hosts on one machine: it carries what
// is sent from one side to the other so much later. scripts/two-hosts uses it.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

const usage = `usage: delayline line DELAY DEVICE NAMESPACE NAMESPACE   between TUN devices of that name in two network namespaces
       delayline proxy DELAY LISTEN SERVER              between TCP connections; prints where it listens
       delayline ping ADDRESS                           prints how many ns a PING of a Redis server takes, and of how many this is the median`

var errUsage = errors.New(usage)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	if len(args) == 2 && args[0] == "ping" {
		took, err := ping(args[1])
		if err != nil {
			return fmt.Errorf("ping %s: %w", args[1], err)
		}
		_, err = fmt.Fprintln(stdout, median(took).Nanoseconds(), len(took))
		return err
	}
	if len(args) < 2 {
		return errUsage
	}
	delay, err := time.ParseDuration(args[1])
	switch {
	case err != nil || delay < 0:
		return fmt.Errorf("delay %s: want a duration such as 250us", args[1])
	case args[0] == "line" && len(args) == 5:
		return connect(newLine(delay, packets, largestPacket), args[2], args[3], args[4])
	case args[0] == "proxy" && len(args) == 4:
		return proxy(newLine(delay, chunks, largestChunk), args[2], args[3], stdout)
	default:
		return errUsage
	}
}
