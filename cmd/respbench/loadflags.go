package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"respbench.dev/respbench/internal/gen"
	"respbench.dev/respbench/internal/plan"
	"respbench.dev/respbench/scenarios"
)

// loadFlags are the flags of what a scenario is run with.
type loadFlags struct {
	lines   []string // of --command
	weights []int    // of each
	inFile  bool     // the last of them, which has a weight there
}

func (l *loadFlags) add(f *pflag.FlagSet, o *plan.Options) {
	f.VarP(&workerList{&o.Workers}, "workers", "w", "goroutines that share the client; 1..256 doubles (default: each scenario's own, 100 where callers share)")
	f.IntSliceVarP(&o.Depth, "depth", "P", nil, "pairs in one explicit flush (default 1)")
	f.VarP(&sizeList{&o.DataSize}, "data-size", "d", "bytes of a value: 16, 100-1000 (each size alike), 64:3,1k:1 (weighted) (default 16)")
	f.IntSliceVarP(&o.Keyspace, "keyspace", "k", nil, "keys of a trial (default 100,000, or as many as 256 MiB of values hold; cached 1,000)")
	f.StringSliceVar(&o.Keys, "keys", nil, "which keys are taken: sequential, uniform, zipf:0.99, hotspot:80/20, latest (default: each scenario's own)")
	f.IntSliceVar(&o.Conns, "conns", nil, "connections (default: each library's own formula; pooled 10)")
	f.StringArrayVar(&o.Mix, "mix", nil, "weights of the kinds of op: get:95,set:5, or a preset: ycsb-a, -b, -c, -d, -f (may be repeated; default get:95,set:5, of cached several)")
	f.Var(&floatList{&o.HitRatio}, "hit-ratio", "share of the reads that ask for keys that are there (default 1)")
	f.IntSliceVar(&o.BatchMax, "batch-max", nil, "commands that coalesced sends together at most (default 128)")
	f.DurationSliceVar(&o.BatchDelay, "batch-delay", nil, "how long coalesced waits for more commands (default 0s: it takes what is there)")
	f.IntSliceVar(&o.Receivers, "receivers", nil, "consumers of queue (default 4), subscribers of pubsub (default 10)")
	f.Var(&commandLines{l}, "command", "command line of the scenario command: 'HSET {key} f {value}', or @FILE with one a line (may be repeated)")
	f.Var(&commandWeight{l}, "weight", "weight of the --command before it (default 1)")
	f.Var(&rateList{&o.Rate}, "rate", "open loop: ops a second of a whole trial that come due, as 5000, 10k, 1k..64k (default: closed loop, as fast as it goes)")
	f.StringVar(&o.Arrivals, "arrivals", "", "of an open loop: uniform or poisson (default uniform)")
}

// read takes what has to be read together.
func (l *loadFlags) read(o *plan.Options) (err error) {
	if len(l.lines) > 0 {
		if o.Lines, err = scenarios.ParseLines(l.lines, l.weights); err != nil {
			return fmt.Errorf("--command %w", err)
		}
	}
	return nil
}

// A sizeList is separated by commas, but for a weighted size, which has commas
// of its own.
type sizeList struct{ list *[]string }

func (s *sizeList) Set(text string) error {
	for _, size := range splitSizes(text) {
		if err := s.Append(size); err != nil {
			return err
		}
	}
	return nil
}

func splitSizes(text string) []string {
	if strings.Contains(text, ":") {
		return []string{text}
	}
	return strings.Split(text, ",")
}

func (s *sizeList) Append(text string) error {
	_, err := gen.ParseSizes(text)
	*s.list = append(*s.list, text)
	return err
}

func (s *sizeList) Replace(list []string) error {
	*s.list = nil
	for _, text := range list {
		if err := s.Append(text); err != nil {
			return err
		}
	}
	return nil
}

func (s *sizeList) GetSlice() []string { return *s.list }

func (s *sizeList) String() string { return strings.Join(*s.list, ",") }

func (s *sizeList) Type() string { return "sizes" }

// A rateList holds ops a second: 500, 10k, 1.5m.
type rateList struct{ list *[]float64 }

func (r *rateList) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		low, high, err := ends(word, parseRate)
		if err != nil {
			return err
		}
		rates, err := doubling(low, high)
		if err != nil {
			return err
		}
		*r.list = append(*r.list, rates...)
	}
	return nil
}

// A workerList holds whole numbers: 1, 10, and those of a range.
type workerList struct{ list *[]int }

func (w *workerList) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		low, high, err := ends(word, func(word string) (int, error) { return strconv.Atoi(strings.TrimSpace(word)) })
		if err != nil {
			return err
		}
		numbers, err := doubling(low, high)
		if err != nil {
			return err
		}
		*w.list = append(*w.list, numbers...)
	}
	return nil
}

func (w *workerList) Append(text string) error { return w.Set(text) }

func (w *workerList) Replace(list []string) error {
	*w.list = nil
	if len(list) == 0 {
		return nil
	}
	return w.Set(strings.Join(list, ","))
}

func (w *workerList) GetSlice() []string {
	var list []string
	for _, n := range *w.list {
		list = append(list, strconv.Itoa(n))
	}
	return list
}

func (w *workerList) String() string { return strings.Join(w.GetSlice(), ",") }

func (w *workerList) Type() string { return "ints" }

// ends are those of a range, "1..256"; a single number is both.
func ends[T any](word string, parse func(string) (T, error)) (low, high T, err error) {
	first, last, isRange := strings.Cut(word, "..")
	if low, err = parse(first); err != nil || !isRange {
		return low, low, err
	}
	high, err = parse(last)
	return low, high, err
}

// doubling goes from low to high, which comes last.
func doubling[T int | float64](low, high T) (list []T, err error) {
	if low == high {
		return []T{low}, nil
	}
	if low <= 0 || high < low {
		return nil, fmt.Errorf("%v..%v: a range goes from a number above 0 up to a larger one", low, high)
	}
	for n := low; n < high; n *= 2 {
		if list = append(list, n); n > high/2 {
			break // twice as many may be more than there are numbers
		}
	}
	return append(list, high), nil
}

// parseRate reads a number above 0 of ops a second.
func parseRate(word string) (float64, error) {
	digits, factor := strings.ToLower(strings.TrimSpace(word)), 1.0
	for suffix, by := range map[string]float64{"k": 1e3, "m": 1e6} {
		if number, ok := strings.CutSuffix(digits, suffix); ok {
			digits, factor = number, by
		}
	}
	rate, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsInf(rate, 0) || !(rate > 0) {
		return 0, fmt.Errorf("%q: have a number of ops a second above 0, as 500 or 10k", word)
	}
	return rate * factor, nil
}

func (r *rateList) Append(text string) error { return r.Set(text) }

func (r *rateList) Replace(list []string) error {
	*r.list = nil
	if len(list) == 0 {
		return nil
	}
	return r.Set(strings.Join(list, ","))
}

func (r *rateList) GetSlice() []string {
	var list []string
	for _, rate := range *r.list {
		list = append(list, strconv.FormatFloat(rate, 'f', -1, 64))
	}
	return list
}

func (r *rateList) String() string { return strings.Join(r.GetSlice(), ",") }

func (r *rateList) Type() string { return "rates" }

// commandLines is --command; its list has a weight before each line.
type commandLines struct{ flags *loadFlags }

func (c *commandLines) Set(text string) error {
	path, isFile := strings.CutPrefix(text, "@")
	if !isFile {
		c.flags.lines, c.flags.weights, c.flags.inFile = append(c.flags.lines, text), append(c.flags.weights, 1), false
		return nil
	}
	c.flags.inFile = true
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines, weights, err := scenarios.ReadLines(string(content))
	if err != nil {
		return err
	}
	c.flags.lines, c.flags.weights = append(c.flags.lines, lines...), append(c.flags.weights, weights...)
	return nil
}

func (c *commandLines) Append(text string) error {
	weight, line, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(weight)
	c.flags.lines, c.flags.weights = append(c.flags.lines, line), append(c.flags.weights, n)
	return err
}

func (c *commandLines) Replace(list []string) error {
	c.flags.lines, c.flags.weights = nil, nil
	for _, text := range list {
		if err := c.Append(text); err != nil {
			return err
		}
	}
	return nil
}

func (c *commandLines) GetSlice() []string {
	var list []string
	for i, line := range c.flags.lines {
		list = append(list, fmt.Sprint(c.flags.weights[i], " ", line))
	}
	return list
}

func (c *commandLines) String() string {
	if c.flags == nil {
		return ""
	}
	return strings.Join(c.flags.lines, "; ")
}

func (c *commandLines) Type() string { return "line" }

// commandWeight is --weight, which is kept with the command before it.
type commandWeight struct{ flags *loadFlags }

func (c *commandWeight) Set(text string) error {
	n, err := strconv.Atoi(text)
	switch last := len(c.flags.weights) - 1; {
	case err != nil || n < 1:
		return fmt.Errorf("%q: have a whole number from 1", text)
	case last < 0:
		return errors.New("comes after the --command that it is of")
	case c.flags.inFile:
		return errors.New("the commands of a file have their weights there: 3 HGET {key} f")
	default:
		c.flags.weights[last] = n
	}
	return nil
}

func (c *commandWeight) String() string {
	if c.flags == nil || len(c.flags.weights) == 0 {
		return ""
	}
	return strconv.Itoa(c.flags.weights[len(c.flags.weights)-1])
}

func (c *commandWeight) Type() string { return "int" }
