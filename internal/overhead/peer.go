package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// redisBenchmark runs redis-benchmark's SET and then its GET test. It prints
// four numbers: the commands a second of SET, of GET, and of as many of both,
// which is the harmonic mean for one test follows the other; and the process's
// CPU in us a command.
func redisBenchmark(ctx context.Context, p *program, args []string) error {
	flags := flag.NewFlagSet("redis-benchmark", flag.ContinueOnError)
	cpu := flags.String("cpu", "", "CPUs to run on (default: any)")
	requests := flags.Int("n", 100_000, "requests of each test")
	if err := p.parse(flags, args); err != nil {
		return err
	}
	command := []string{"redis-benchmark", "-t", "set,get", "--csv", "-n", strconv.Itoa(*requests)}
	if *cpu != "" {
		command = append([]string{"taskset", "-c", *cpu}, command...)
	}
	command = append(command, flags.Args()...)
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, &complaints)
	}
	set, get, err := rates(out)
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Join(command, " "), err)
	}
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	_, err = fmt.Fprintf(p.stdout, "%.0f %.0f %.0f %.3f\n", set, get, 2/(1/set+1/get),
		float64(used.Nanoseconds())/1e3/float64(2**requests))
	return err
}

// rates reads the table of redis-benchmark --csv.
func rates(table []byte) (set, get float64, err error) {
	r := csv.NewReader(bytes.NewReader(table))
	r.FieldsPerRecord = -1
	lines, err := r.ReadAll()
	if err != nil {
		return 0, 0, err
	}
	found := map[string]float64{}
	for _, fields := range lines {
		if len(fields) > 1 {
			found[fields[0]], _ = strconv.ParseFloat(fields[1], 64) // the head is no number
		}
	}
	if found["SET"] <= 0 || found["GET"] <= 0 {
		return 0, 0, fmt.Errorf("no rates in %q", table)
	}
	return found["SET"], found["GET"], nil
}

// row reads a report in JSON of one row of set+get and prints two numbers: its
// commands a second, and the client's CPU in us a command.
func row(_ context.Context, p *program, args []string) error {
	if err := p.parse(flag.NewFlagSet("row", flag.ContinueOnError), args); err != nil {
		return err
	}
	type measure struct{ Median float64 }
	var document struct {
		Rows []struct {
			Status     string
			Reason     *string
			Throughput *measure
			CPU        *measure `json:"cpu_us_per_op"`
		}
	}
	if err := json.NewDecoder(p.stdin).Decode(&document); err != nil {
		return fmt.Errorf("report in JSON: %w", err)
	}
	if len(document.Rows) != 1 {
		return fmt.Errorf("report in JSON: %d rows, want one", len(document.Rows))
	}
	switch r := document.Rows[0]; {
	case r.Reason != nil:
		return fmt.Errorf("report in JSON: %s: %s", r.Status, *r.Reason)
	case r.Throughput == nil || r.CPU == nil:
		return errors.New("report in JSON: throughput or CPU is not known")
	default:
		const commands = 2 // a SET and a GET an op
		_, err := fmt.Fprintf(p.stdout, "%.0f %.3f\n", commands*r.Throughput.Median, r.CPU.Median/commands)
		return err
	}
}
