package slowed

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/clients/clientstest"
	"respbench.dev/respbench/clients/fake"
	"respbench.dev/respbench/clients/raw"
)

// The wrapping keeps the contract: nothing but time is added.
func TestConformance(t *testing.T) { clientstest.Run(t, Of(raw.Library)) }

func parsed(t *testing.T, text string) Fault {
	t.Helper()
	f, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestParse(t *testing.T) {
	for text, want := range map[string]Fault{
		"spin=4us":              {"spin=4us", []Part{{4 * time.Microsecond, false, 1}}},
		"spin=1.5us":            {"spin=1.5us", []Part{{1500, false, 1}}},
		"stall=1ms@2%":          {"stall=1ms@2%", []Part{{time.Millisecond, true, 50}}},
		"wait=1ms+stall=1ms@2%": {"wait=1ms+stall=1ms@2%", []Part{{time.Millisecond, true, 1}, {time.Millisecond, true, 50}}},
	} {
		if diff := cmp.Diff(want, parsed(t, text)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, says := range map[string]string{
		"":              "have spin=4us",
		"sleep=1ms":     "have spin=4us",
		"spin":          `"" is no time`,
		"spin=4":        `"4" is no time`,
		"spin=0s":       `"0s" is no time`,
		"spin=-1us":     `"-1us" is no time`,
		"stall=1ms":     `"" is no share`,
		"stall=1ms@2":   `"2" is no share`,
		"stall=1ms@0%":  `"0%" is no share`,
		"stall=1ms@3%":  `"3%" is no share`,
		"stall=1ms@-2%": `"-2%" is no share`,
		"stall=@2%":     `"" is no time`,
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v does not say %q", text, err, says)
		}
	}
}

func TestVariants(t *testing.T) {
	inner := clients.Library{Name: "fake", Module: "example.org/fake"}
	refuses := fake.Library.Variants[0]
	refuses.Reaches = func(clients.Target) error { return errors.New("not there") }
	inner.Variants = []clients.Variant{refuses}
	slow := Of(inner, parsed(t, "spin=4us"), parsed(t, "stall=1ms@2%"))
	if slow.Name != "slowed" || slow.Module != inner.Module {
		t.Errorf("%s of module %s", slow.Name, slow.Module)
	}
	var got []string
	for _, v := range slow.Variants {
		got = append(got, v.Name+": "+v.Doc)
		if !v.Hidden || v.Has != inner.Variants[0].Has || v.Reaches(clients.Target{}) == nil {
			t.Errorf("%+v", v)
		}
	}
	want := []string{
		"none: fake, slowed by none",
		"spin=4us: fake, slowed by spin=4us",
		"stall=1ms@2%: fake, slowed by stall=1ms@2%",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// bare sessions can nothing but what each must.
type bare struct{ clients.Session }

// of is a client of one session.
type of struct {
	clients.Client
	session clients.Session
}

func (o of) Session(context.Context) (clients.Session, error) { return o.session, nil }

func (o of) Resolved() clients.Settings { return clients.Settings{Conns: 7} }

func opened(t *testing.T, inner clients.Session, f Fault) (*client, clients.Session) {
	t.Helper()
	l := clients.Library{Name: "l", Variants: []clients.Variant{{
		Open: func(context.Context, clients.Target) (clients.Client, error) { return of{session: inner}, nil },
	}}}
	c, err := variant(l, f).Open(t.Context(), clients.Target{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Resolved().Conns != 7 {
		t.Errorf("resolved to %+v", c.Resolved())
	}
	s, err := c.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c.(*client), s
}

// poolless sessions can all that is needed and nothing more.
type poolless struct{ whole }

func TestOffersWhatTheLibraryOffers(t *testing.T) {
	for _, inner := range []clients.Session{fakeSession(t), poolless{fakeSession(t).(whole)}} {
		_, s := opened(t, inner, None)
		if got, want := clients.CapabilitiesOf(s), clients.CapabilitiesOf(inner); got != want {
			t.Errorf("%+v of %+v", got, want)
		}
	}
}

func TestNeedsTheUsualCapabilities(t *testing.T) {
	c := client{Client: of{session: bare{}}}
	if _, err := c.Session(t.Context()); err == nil || !strings.Contains(err.Error(), "without explicit pipelining, counting") {
		t.Errorf("got %v", err)
	}
}

func fakeSession(t *testing.T) clients.Session {
	t.Helper()
	s, err := fake.New(nil).Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOpenErrorsPass(t *testing.T) {
	want := errors.New("closed")
	l := clients.Library{Name: "l", Variants: []clients.Variant{{
		Open: func(context.Context, clients.Target) (clients.Client, error) { return nil, want },
	}}}
	if _, err := Of(l).Variants[0].Open(t.Context(), clients.Target{}); err != want {
		t.Errorf("got %v", err)
	}
}

// steps are the ways to do one, each with what it may be slow in.
var steps = map[string]func(*testing.T, clients.Session) error{
	"set+get": func(t *testing.T, s clients.Session) error {
		var reply clients.Reply
		return errors.Join(s.Set(t.Context(), "k", "v"), s.Get(t.Context(), "k", &reply), reply.Check("k", "v"))
	},
	"flush": func(t *testing.T, s clients.Session) error {
		return s.(clients.Pipeliner).Pipeline(t.Context(), []clients.Command{{Key: "k", Value: "v"}, {Key: "k", IsGet: true}})
	},
	"command": func(t *testing.T, s clients.Session) error {
		return s.(clients.Commander).Do(t.Context(), clients.Call{Words: []string{"PING"}}, &clients.Answer{})
	},
	"transaction": func(t *testing.T, s clients.Session) error {
		return s.(clients.Transactor).Transact(t.Context(), nil, nil)
	},
	"acquired": func(t *testing.T, s clients.Session) error {
		held, release, err := s.(clients.Pooler).Acquire(t.Context())
		if err != nil {
			return err
		}
		defer release()
		var reply clients.Reply
		return errors.Join(held.Set(t.Context(), "k", "v"), held.Get(t.Context(), "k", &reply), reply.Check("k", "v"))
	},
	"incr": func(t *testing.T, s clients.Session) error {
		_, err := s.(clients.Counter).Incr(t.Context(), "n")
		return err
	},
}

// A step is slow once, and takes at least what the fault says.
func TestSlowSteps(t *testing.T) {
	const done, busyFor = 200, 100 * time.Microsecond
	for name, step := range steps {
		for text, hit := range map[string]int{"spin=100us": done, "stall=100us@10%": done / 10} {
			t.Run(name+" "+text, func(t *testing.T) {
				c, s := opened(t, fakeSession(t), parsed(t, text))
				from := time.Now()
				for range done {
					if err := step(t, s); err != nil {
						t.Fatal(err)
					}
				}
				if took, least := time.Since(from), time.Duration(hit)*busyFor; took < least || c.steps.Load() != done {
					t.Errorf("%d of %d steps counted; took %v, want %v or more", c.steps.Load(), done, took, least)
				}
			})
		}
	}
}

func TestWhichSteps(t *testing.T) {
	const done = 1000
	for text, every := range map[string]int64{"spin=1us": 1, "stall=1ms@2%": 50, "stall=1ms@25%": 4} {
		part := parsed(t, text).Parts[0]
		for n := range int64(done) {
			if due := n%every == 0; part.due(n) != due {
				t.Errorf("%s: step %d is due: %v, want %v", text, n, !due, due)
			}
		}
	}
}
