package goredis

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/servertest"
)

func TestNumber(t *testing.T) {
	cases := map[float64]string{
		3: "3", -3.5: "-3.5", 1700000000000: "1700000000000", 0.1: "0.1",
		math.Inf(1): "inf", math.Inf(-1): "-inf", math.NaN(): "nan",
	}
	for v, want := range cases {
		if got := number(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

// Calls that block find the master of their key, and wait for longer than the
// time-out.
func TestBlockingOnACluster(t *testing.T) {
	cluster := servertest.StartCluster(t)
	to := some(clients.Cluster)
	to.Addrs, to.Username, to.Password, to.DB = cluster.Addrs, "", "", 0
	to.Timeout = 100 * time.Millisecond
	session := sessionOf(t, openAt(t, "default", to)).(clients.Commander)
	var answer clients.Answer
	for i := range 6 {
		key := fmt.Sprint("blocking ", i)
		call := clients.Call{Words: []string{"BLPOP", key, "0.2"}, Key: 1, Blocks: true}
		if err := session.Do(context.Background(), call, &answer); err != nil || answer.Shape != clients.Null {
			t.Errorf("%s: %+v, %v", key, answer, err)
		}
		if err := session.Do(context.Background(), clients.Call{Words: []string{"RPUSH", key, "v"}, Key: 1}, &answer); err != nil {
			t.Error(err)
		}
		if err := session.Do(context.Background(), call, &answer); err != nil || len(answer.Items) != 2 || answer.Items[1].Text != "v" {
			t.Errorf("%s: %+v, %v", key, answer, err)
		}
	}
}
