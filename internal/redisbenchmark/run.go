package redisbenchmark

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/results"
)

// A run is one start of redis-benchmark.
type run struct {
	server []string // flags
	load   []string // flags
	get    bool
	key    string
	value  string
	n      int64
	beat   func(commands int64) // sent so far, about
	access results.Access
	// patience is how long it may be without a first reply.
	patience time.Duration
}

// An outcome is what a run came to.
type outcome struct {
	report
	user, system time.Duration // from its start to its end
}

// serverFlags say how the server is reached; ca is a file.
func serverFlags(access results.Access, resp int, ca string) []string {
	flags := []string{"-s", access.Addrs[0]}
	if access.Network == "tcp" {
		host, port, _ := net.SplitHostPort(access.Addrs[0])
		flags = []string{"-h", host, "-p", port}
	}
	if access.DB != 0 {
		flags = append(flags, "--dbnum", strconv.Itoa(access.DB))
	}
	if resp == 3 {
		flags = append(flags, "-3")
	}
	if access.TLS == nil {
		return flags
	}
	flags = append(flags, "--tls")
	if access.TLS.ServerName != "" {
		flags = append(flags, "--sni", access.TLS.ServerName)
	}
	if access.TLS.Insecure {
		flags = append(flags, "--insecure")
	}
	if ca != "" {
		flags = append(flags, "--cacert", ca)
	}
	return flags
}

func loadFlags(workers, depth int, keyspace int) []string {
	return []string{"-c", strconv.Itoa(workers), "-P", strconv.Itoa(depth), "-r", strconv.Itoa(keyspace)}
}

// args are the command line. The value comes on stdin: an argument may not be
// as long as a value.
func (r run) args() []string {
	args := append([]string{Name, "-n", strconv.FormatInt(r.n, 10)}, r.server...)
	args = append(args, r.load...)
	if r.get {
		return append(args, "GET", r.key)
	}
	return append(args, "-x", "SET", r.key)
}

// do runs it. The end of ctx kills it: nothing is known of it then.
func (r run) do(ctx context.Context) (outcome, error) {
	child, err := proc.Start(proc.Command{Args: r.args(), OwnGroup: true}) // a terminal's Ctrl-C is for us
	if err != nil {
		return outcome{}, err
	}
	defer context.AfterFunc(ctx, func() { kill(child) })()
	go func() {
		if !r.get {
			_, _ = io.WriteString(child.Stdin, r.value)
		}
		_ = child.Stdin.Close()
	}()
	var answered atomic.Bool
	go r.giveUp(child, &answered)
	text := r.follow(child, &answered)
	_ = child.Stdout.Close()
	err = child.Wait()
	if ctx.Err() != nil {
		return outcome{}, ctx.Err()
	}
	if err != nil && !answered.Load() && !strings.Contains(text, "Error") {
		err = fmt.Errorf("no reply within %v", r.patience)
	}
	if err != nil {
		return outcome{}, errors.New(r.access.Redact(fmt.Sprintf("%s: %s", Name, complaint(err, text, child.Stderr()))))
	}
	var o outcome
	if o.report, err = parse(text, r.n); err != nil {
		return outcome{}, fmt.Errorf("%s wrote something unexpected: %w", Name, err)
	}
	o.user, o.system = child.CPUTime()
	return o, nil
}

// longestText bounds what is kept of its output, beside the value, which it
// repeats.
const longestText = 1 << 20

var progress = regexp.MustCompile(`rps=([0-9.]+) \(overall: ([0-9.]+)\)`)

// giveUp ends it where nobody answers: it would try for ever, as fast as it can.
// Why nobody does it often does not say.
func (r run) giveUp(child *proc.Child, answered *atomic.Bool) {
	end := time.Now().Add(r.patience)
	for {
		select {
		case <-child.Done():
			return
		case <-time.After(100 * time.Millisecond):
			if strings.Contains(child.Stderr(), "Could not connect") || !answered.Load() && time.Now().After(end) {
				kill(child)
			}
		}
	}
}

// follow reads its output to the end, and returns all but the progress that it
// tells four times a second.
func (r run) follow(child *proc.Child, answered *atomic.Bool) string {
	began := time.Now()
	lines := bufio.NewScanner(child.Stdout)
	lines.Buffer(nil, longestText+2*len(r.value))
	lines.Split(splitReturns)
	var text strings.Builder
	for lines.Scan() {
		line := lines.Text()
		if m := progress.FindStringSubmatch(line); m != nil {
			rate, _ := strconv.ParseFloat(m[2], 64)
			if rate > 0 {
				answered.Store(true)
			}
			if m[1] != "0.0" { // else it stands still
				r.beat(min(r.n, int64(rate*time.Since(began).Seconds())))
			}
			continue
		}
		if text.Len()+len(line) < longestText && !strings.HasPrefix(line, "====") {
			text.WriteString(line + "\n")
		}
	}
	return text.String()
}

// splitReturns splits at \r, too, which it writes before its progress.
func splitReturns(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// complaint is why it ended, and what it said first, in one line.
func complaint(err error, text, stderr string) string {
	for _, said := range []string{stderr, text} {
		first, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
		if first != "" {
			return err.Error() + ": " + first[:min(len(first), 300)]
		}
	}
	return err.Error()
}
