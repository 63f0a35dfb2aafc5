//go:build !linux

package main

import "time"

func preciseSleeper() (sleeper, error) { return plain{}, nil }

type plain struct{}

func (plain) sleep(until time.Time) { time.Sleep(time.Until(until)) }
func (plain) close()                {}
