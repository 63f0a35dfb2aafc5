package driver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"respbench.dev/respbench/internal/proc"
	"respbench.dev/respbench/results"
)

// What a program may take to describe itself.
const (
	describeTime  = 10 * time.Second
	describeBytes = 1 << 20
)

// A Driver is a program that executes trials.
type Driver struct {
	Args  []string // command line of a trial; with "describe" appended, of the description
	About Description
}

// Describe asks a program for its description, and checks it. The error names
// the program by its base name, and the end of what it complained about.
func Describe(ctx context.Context, args []string) (*Driver, error) {
	if len(args) == 0 || args[0] == "" {
		return nil, errors.New("a driver without a name")
	}
	about, err := describe(ctx, args, describeTime)
	if err != nil {
		return nil, fmt.Errorf("driver %s: %w", filepath.Base(args[0]), err)
	}
	return &Driver{Args: args, About: about}, nil
}

func describe(ctx context.Context, args []string, most time.Duration) (Description, error) {
	p, err := proc.Start(proc.Command{Args: append(args[:len(args):len(args)], "describe"), OwnGroup: true})
	if err != nil {
		return Description{}, err
	}
	defer p.Stdout.Close()
	_ = p.Stdin.Close()
	ctx, cancel := context.WithTimeoutCause(ctx, most, fmt.Errorf("took more than %v", most))
	defer cancel()
	text, err := output(ctx, p)
	_ = p.KillGroup() // it has said all that counts, or too much
	<-p.Done()
	if err != nil {
		return Description{}, fmt.Errorf("describe: %w%s", err, complaint(p))
	}
	return parseDescription(text)
}

// output is what the process writes until it ends, which it must do with
// status 0.
func output(ctx context.Context, p *proc.Child) ([]byte, error) {
	type read struct {
		text []byte
		err  error
	}
	all := make(chan read, 1)
	go func() {
		text, err := io.ReadAll(io.LimitReader(p.Stdout, describeBytes+1))
		all <- read{text, err}
	}()
	select {
	case r := <-all:
		if len(r.text) > describeBytes {
			return nil, fmt.Errorf("wrote more than %d KiB", describeBytes>>10)
		}
		return r.text, firstOf(r.err, ended(ctx, p))
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func ended(ctx context.Context, p *proc.Child) error {
	select {
	case <-p.Done():
		return p.Wait()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// complaint is what the process wrote to its standard error of why it ended, as
// far as it may be shown to others.
func complaint(p *proc.Child) string {
	if line := proc.LastLine(results.Access{}.Redact(p.Stderr())); line != "" {
		return ": " + line
	}
	return ""
}
