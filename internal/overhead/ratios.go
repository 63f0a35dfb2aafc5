package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"respbench.dev/respbench/internal/stats"
)

// ratios reads a line for each pair, "ours theirs", or with the CPU of each
// "ours theirs oursCPU theirsCPU", and prints their ratios beside a target.
func ratios(_ context.Context, p *program, args []string) error {
	flags := flag.NewFlagSet("ratios", flag.ContinueOnError)
	title := flags.String("title", "", "what was compared")
	ours := flags.String("ours", "ours", "name of the first")
	theirs := flags.String("theirs", "theirs", "name of the second")
	target := flags.Float64("target", 1, "what the median of ours / theirs should reach")
	if err := p.parse(flags, args); err != nil {
		return err
	}
	lines, err := readNumbers(p.stdin, 2, 4)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%s\n", *title)
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "pair\t%s /s\t%s /s\tratio\t", *ours, *theirs)
	if len(lines[0]) == 4 {
		fmt.Fprintf(table, "CPU us %s\tCPU us %s\t", *ours, *theirs)
	}
	fmt.Fprintln(table)
	var ratio []float64
	for i, line := range lines {
		ratio = append(ratio, line[0]/line[1])
		writePair(table, strconv.Itoa(i+1), line, ratio[i])
	}
	writePair(table, "median", medians(lines), stats.Median(ratio))
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "median of the ratios %.3f%s, target %.2f: %s\n\n",
		stats.Median(ratio), bracket(ratio), *target, verdict(stats.Median(ratio) >= *target))
	return nil
}

func writePair(w io.Writer, name string, line []float64, ratio float64) {
	fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.3f\t", name, line[0], line[1], ratio)
	for _, cpu := range line[2:] {
		fmt.Fprintf(w, "%.2f\t", cpu)
	}
	fmt.Fprintln(w)
}

// medians is the median of each column.
func medians(lines [][]float64) []float64 {
	sum := make([]float64, len(lines[0]))
	for column := range sum {
		var values []float64
		for _, line := range lines {
			values = append(values, line[column])
		}
		sum[column] = stats.Median(values)
	}
	return sum
}

func bracket(values []float64) string {
	if low, high, ok := interval(values); ok {
		return fmt.Sprintf(" (95%%: %.3f to %.3f)", low, high)
	}
	return ""
}

func verdict(holds bool) string {
	if holds {
		return "holds"
	}
	return "MISSED"
}

// times reads one number of milliseconds a line and prints their median beside
// a limit.
func times(_ context.Context, p *program, args []string) error {
	flags := flag.NewFlagSet("times", flag.ContinueOnError)
	title := flags.String("title", "", "what took that long")
	limit := flags.Float64("limit", 0, "in ms")
	if err := p.parse(flags, args); err != nil {
		return err
	}
	lines, err := readNumbers(p.stdin, 1)
	if err != nil {
		return err
	}
	var ms []float64
	for _, line := range lines {
		ms = append(ms, line[0])
	}
	writeTimes(p.stdout, *title, ms, *limit)
	return nil
}

func writeTimes(w io.Writer, title string, ms []float64, limit float64) {
	s := stats.Summarize(ms, stats.Lower)
	fmt.Fprintf(w, "%s: median %.1f ms (best %.1f, worst %.1f, of %d), limit %.0f: %s\n",
		title, s.Median, s.Best, s.Worst, s.N, limit, verdict(s.Median < limit))
}

// readNumbers reads lines of numbers, all with equally many, which must be one
// of the counts.
func readNumbers(r io.Reader, counts ...int) ([][]float64, error) {
	var lines [][]float64
	for scanner := bufio.NewScanner(r); scanner.Scan(); {
		var line []float64
		for word := range strings.FieldsSeq(scanner.Text()) {
			n, err := strconv.ParseFloat(word, 64)
			if err != nil {
				return nil, fmt.Errorf("line %q: %w", scanner.Text(), err)
			}
			line = append(line, n)
		}
		if len(lines) == 0 {
			lines = append(lines, line)
		} else if len(line) == len(lines[0]) {
			lines = append(lines, line)
		} else {
			return nil, fmt.Errorf("line %q: want %d numbers", scanner.Text(), len(lines[0]))
		}
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("no numbers on stdin")
	}
	for _, count := range counts {
		if len(lines[0]) == count {
			return lines, nil
		}
	}
	return nil, fmt.Errorf("%d numbers a line, want %v", len(lines[0]), counts)
}
