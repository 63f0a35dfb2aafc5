package main

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"time"
)

const (
	pings     = 200
	warmPings = 20
	enough    = 5 * time.Second
	// A server or a line that has just been started has so long to answer.
	patience = 5 * time.Second
)

// ping is what PINGs of a Redis server take, one after the other on one
// connection: fewer than the usual number where they take long.
func ping(address string) ([]time.Duration, error) {
	conn, err := reach(address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, err
	}
	replies := bufio.NewReader(conn)
	if _, err := pingFor(conn, replies, enough/10, warmPings); err != nil {
		return nil, err
	}
	return pingFor(conn, replies, enough, pings)
}

// pingFor sends so many PINGs, or as many as it takes to see them last so long.
func pingFor(conn net.Conn, replies *bufio.Reader, total time.Duration, count int) ([]time.Duration, error) {
	var took []time.Duration
	for begin := time.Now(); len(took) < count && (len(took) == 0 || time.Since(begin) < total); {
		start := time.Now()
		if err := pingOnce(conn, replies); err != nil {
			return nil, err
		}
		took = append(took, time.Since(start))
	}
	return took, nil
}

// reach waits longer for each further try: a network that is not up yet loses
// the first packet, and the kernel repeats it only after a second.
func reach(address string) (net.Conn, error) {
	end := time.Now().Add(patience)
	for try := 100 * time.Millisecond; ; try = min(2*try, patience) {
		conn, err := net.DialTimeout("tcp", address, try)
		if err == nil || time.Now().After(end) {
			return conn, err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func pingOnce(conn net.Conn, replies *bufio.Reader) error {
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	reply, err := replies.ReadString('\n')
	if err != nil {
		return err
	}
	if reply != "+PONG\r\n" {
		return fmt.Errorf("replied %.40q", reply)
	}
	return nil
}

// median is the middle one, or the upper of the two.
func median(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)/2]
}
