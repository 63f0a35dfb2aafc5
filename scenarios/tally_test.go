package scenarios

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"respbench.dev/respbench/clients"
)

var errBroken = errors.New("the connection broke")

// A number is a counter on a server, with a client before it that has trouble.
type number struct {
	clients.Session
	key   string
	value int64
	lost  bool     // the key
	fate  []string // of the next increments; then all is well
}

func (c *number) Incr(_ context.Context, key string) (int64, error) {
	c.key = key
	fate := "done"
	if len(c.fate) > 0 {
		fate, c.fate = c.fate[0], c.fate[1:]
	}
	switch fate {
	case "refused":
		return 0, errBroken
	case "no reply":
		c.value++
		return 0, errBroken
	case "retried":
		c.value += 2
		return c.value, nil
	case "rolled back":
		c.value = max(0, c.value-3)
	case "restarted":
		c.value = 0
	}
	c.value++
	return c.value, nil
}

func (c *number) Get(_ context.Context, key string, into *clients.Reply) error {
	switch {
	case key != c.key:
		return errBroken
	case c.lost:
		into.Miss()
	default:
		into.String(strconv.FormatInt(c.value, 10))
	}
	return nil
}

func TestCounterTally(t *testing.T) {
	for name, test := range map[string]struct {
		fate []string
		want Tally // of ten more increments that are done
	}{
		"nothing happens":        {nil, Tally{Acked: 10}},
		"refused at first":       {[]string{"refused", "refused"}, Tally{Acked: 10}},
		"no reply at first":      {[]string{"no reply"}, Tally{Acked: 10}},
		"refused":                {[]string{"done", "refused", "refused"}, Tally{Acked: 11}},
		"no reply":               {[]string{"done", "no reply", "refused", "no reply"}, Tally{Acked: 11, Unsure: 2}},
		"a hidden retry":         {[]string{"done", "retried", "retried"}, Tally{Acked: 13, Twice: 2}},
		"a retry after failures": {[]string{"done", "no reply", "retried"}, Tally{Acked: 12, Unsure: 1, Twice: 1}},
		"a few lost":             {[]string{"done", "done", "done", "done", "rolled back"}, Tally{Acked: 15, Lost: 3}},
		"all lost":               {[]string{"done", "done", "restarted"}, Tally{Acked: 13, Lost: 2}},
		"all lost twice":         {[]string{"done", "done", "restarted", "done", "restarted"}, Tally{Acked: 15, Lost: 4}},
	} {
		t.Run(name, func(t *testing.T) {
			session := &number{value: 1000, fate: test.fate} // of trials before
			d := counted(t, session, len(test.fate)+10)
			if err := d.Settle(t.Context(), session); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, d.Tally()); diff != "" {
				t.Error(diff)
			}
			if session.key != "respbench:ab:counter:1" {
				t.Errorf("the key of worker 1 is %s", session.key)
			}
		})
	}
}

// counted is the data of worker 1 of 3 after so many steps.
func counted(t *testing.T, session *number, steps int) *Data {
	t.Helper()
	s, err := Named("counter")
	if err != nil {
		t.Fatal(err)
	}
	d := s.NewMaterial(run, Load{Workers: 3}, dataSeed, 9).Worker(workers(3)[1])
	step, err := s.Bind(session, d)
	if err != nil {
		t.Fatal(err)
	}
	for range steps {
		if kind, ops, _ := step(t.Context()); kind != 0 || ops != 1 {
			t.Fatalf("kind %d, %d ops", kind, ops)
		}
	}
	return d
}

// What happens to the last increments shows only when the key is read once
// more.
func TestSettle(t *testing.T) {
	for name, test := range map[string]struct {
		fate  []string
		after func(*number)
		want  Tally
	}{
		"failed and done":  {[]string{"done", "no reply"}, func(*number) {}, Tally{Acked: 1, Unsure: 1}},
		"nothing was told": {[]string{"no reply"}, func(*number) {}, Tally{}},
		"lost since":       {[]string{"done", "done"}, func(n *number) { n.value-- }, Tally{Acked: 2, Lost: 1}},
		"the key is lost":  {[]string{"done", "done"}, func(n *number) { n.lost = true }, Tally{Acked: 2, Lost: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			session := &number{fate: test.fate}
			d := counted(t, session, len(test.fate))
			test.after(session)
			for range 2 { // reading again changes nothing
				if err := d.Settle(t.Context(), session); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(test.want, d.Tally()); diff != "" {
				t.Error(diff)
			}
		})
	}
	session := &number{}
	d := counted(t, session, 1)
	session.key = "another"
	if err := d.Settle(t.Context(), session); !errors.Is(err, errBroken) || d.Tally() != (Tally{Acked: 1}) {
		t.Errorf("%v, %+v", err, d.Tally())
	}
}

func TestCountingIsNotEmulated(t *testing.T) {
	s, err := Named("counter")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Bind(forgetfulSession{}, nil); err == nil {
		t.Error("a session without INCR counts")
	}
}
