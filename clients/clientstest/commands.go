package clientstest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"respbench.dev/respbench/clients"
)

// words is a command that takes its words between blanks and has a key.
func words(line string) clients.Call { return clients.Call{Words: strings.Fields(line), Key: 1} }

// show writes an answer down: 'text' and integers, in lists between brackets.
func show(a clients.Answer) string {
	switch a.Shape {
	case clients.Null:
		return "null"
	case clients.Int:
		return strconv.FormatInt(a.Int, 10)
	case clients.Text:
		return "'" + a.Text + "'"
	case clients.List:
		items := make([]string, len(a.Items))
		for i, item := range a.Items {
			items[i] = show(item)
		}
		return "[" + strings.Join(items, " ") + "]"
	}
	return "nothing"
}

// mustDo wants an answer as show writes it.
func mustDo(t testing.TB, s clients.Session, call clients.Call, into *clients.Answer, want string) {
	t.Helper()
	if err := s.(clients.Commander).Do(context.Background(), call, into); err != nil {
		t.Fatalf("%.80q: %v", call.Words, err)
	}
	if got := show(*into); got != want {
		t.Fatalf("%.80q: %.80s, want %.80s", call.Words, got, want)
	}
}

// eachProtocol runs f with every protocol that the variant speaks.
func (s subject) eachProtocol(t *testing.T, f func(*testing.T, clients.Target)) {
	t.Helper()
	for _, protocol := range []int{2, 3} {
		to := Target(s.server.addr, 1)
		if to.RESP = protocol; s.variant.Reaches == nil || s.variant.Reaches(to) == nil {
			t.Run(strconv.Itoa(protocol), func(t *testing.T) { f(t, to) })
		}
	}
}

func checkCommands(t *testing.T, s subject) {
	if !s.variant.Has.Command {
		return
	}
	s.server.admin.Do(t, "DEL", "command", "command count", "command miss")
	s.eachProtocol(t, func(t *testing.T, to clients.Target) {
		session := s.alone(t, to)
		var answer clients.Answer // one for all calls, as a scenario has it
		ping := clients.Call{Words: []string{"PING"}}
		before := calls(t, s.server.admin, "mget")
		for i := range 20 {
			value := fmt.Sprint("value ", i)
			mustDo(t, session, ping, &answer, "'PONG'")
			mustDo(t, session, clients.Call{Words: []string{"SET", "command", value}, Key: 1}, &answer, "'OK'")
			mustDo(t, session, words("GET command"), &answer, "'"+value+"'")
			mustDo(t, session, words("MGET command command-miss command"), &answer, "['"+value+"' null '"+value+"']")
			mustDo(t, session, words("GET command-miss"), &answer, "null")
			mustDo(t, session, words("EXISTS command"), &answer, "1")
		}
		if got := calls(t, s.server.admin, "mget") - before; got != 20 {
			t.Errorf("20 commands are %d at the server", got)
		}
		mustSetGet(t, session, "command", text("beside"))
	})
}

// shapes are replies of all sorts. A script is given as what it returns, in the
// terms of RESP 3.
var shapes = []struct{ script, want string }{
	{"{ok='FINE'}", "'FINE'"},
	{"'text'", "'text'"},
	{"''", "''"},
	{"42", "42"},
	{"-7", "-7"},
	{"{double=3.5}", "'3.5'"},
	{"nil", "null"},
	{"true", "1"},
	{"false", "0"},
	{"{map={key='value'}}", "['key' 'value']"},
	{"{set={element=true}}", "['element']"},
	{"{verbatim_string={format='txt', string='words'}}", "'words'"},
	{"{}", "[]"},
	{"{1, {'two', {}, {3, 'x'}}, 4}", "[1 ['two' [] [3 'x']] 4]"},
	{"{'short', 5}", "['short' 5]"},
}

func checkShapes(t *testing.T, s subject) {
	if !s.variant.Has.Command {
		return
	}
	s.eachProtocol(t, func(t *testing.T, to clients.Target) {
		session := s.alone(t, to)
		var answer clients.Answer
		for range 2 { // no answer must be seen in the next
			for _, c := range shapes {
				script := clients.Call{Words: []string{"EVAL", "redis.setresp(3); return " + c.script, "1", "shapes"}, Key: 3}
				mustDo(t, session, script, &answer, c.want)
			}
		}
		const large = 1<<53 + 1 // no float holds it
		s.server.admin.Do(t, "SET", "large", strconv.Itoa(large))
		mustDo(t, session, words("INCR large"), &answer, strconv.Itoa(large+1))
	})
}

// says reports whether err is the server's with this text. Some libraries leave
// out the code that says nothing.
func says(err error, text string) bool {
	return err != nil && (strings.HasPrefix(err.Error(), text) || strings.HasPrefix("ERR "+err.Error(), text))
}

func checkCommandErrors(t *testing.T, s subject) {
	if !s.variant.Has.Command {
		return
	}
	s.server.admin.Do(t, "SET", "command-error", "no number")
	cases := map[string]string{
		"INCR command-error": "ERR value is not an integer",
		"GET":                "ERR wrong number of arguments",
		"NOSUCH command":     "ERR unknown command",
	}
	if s.server.isReal {
		cases["LPOP command-error"] = "WRONGTYPE "
		cases["EVALSHA ffff 1 key"] = "NOSCRIPT "
	}
	s.eachProtocol(t, func(t *testing.T, to clients.Target) {
		session := s.alone(t, to)
		var answer clients.Answer
		for line, want := range cases {
			call := words(line)
			call.Key = min(call.Key, len(call.Words)-1)
			if err := session.(clients.Commander).Do(context.Background(), call, &answer); !says(err, want) {
				t.Errorf("%s is %s, %v", line, show(answer), err)
			}
			mustDo(t, session, words("GET command-none"), &answer, "null")
		}
	})
}

// checkLargeReplies wants one text that is large, and many of different lengths.
func checkLargeReplies(t *testing.T, s subject) {
	if !s.variant.Has.Command {
		return
	}
	const distinct, elements = 37, 3000
	get := clients.Call{Words: []string{"GET", "large reply"}, Key: 1}
	many := clients.Call{Words: []string{"MGET"}, Key: 1}
	var want []string
	for i := range elements {
		n := strconv.Itoa(i % distinct)
		many.Words = append(many.Words, "small "+n)
		want = append(want, "'"+strings.Repeat(n, i%distinct)+"'")
		if i < distinct {
			s.server.admin.Do(t, "SET", "small "+n, strings.Repeat(n, i))
		}
	}
	large := strings.Repeat("0123456789abcdef", 1<<16)
	s.server.admin.Do(t, "SET", "large reply", large)
	session := s.alone(t, Target(s.server.addr, 1))
	var answer clients.Answer
	for range 3 {
		mustDo(t, session, get, &answer, "'"+large+"'")
		mustDo(t, session, many, &answer, "["+strings.Join(want, " ")+"]")
		mustDo(t, session, words("EXISTS large-none"), &answer, "0")
	}
}

// checkCommandSlots goes to the keys of all masters and wants no redirection:
// a call says itself where its key is.
func checkCommandSlots(t *testing.T, s subject, to clients.Target, masters []admin) {
	if !s.variant.Has.Command {
		return
	}
	session := s.alone(t, to)
	mustSetGet(t, session, "slots of commands", text("v")) // the library knows the cluster
	for _, master := range masters {
		master.Do(t, "CONFIG", "RESETSTAT")
	}
	var answer clients.Answer
	for i := range 64 {
		key := fmt.Sprint("slots of commands ", i)
		mustDo(t, session, clients.Call{Words: []string{"SET", key, key}, Key: 1}, &answer, "'OK'")
		mustDo(t, session, clients.Call{Words: []string{"EVAL", "return redis.call('GET', KEYS[1])", "1", key}, Key: 3}, &answer, "'"+key+"'")
		mustDo(t, session, clients.Call{Words: []string{"OBJECT", "REFCOUNT", key}, Key: 2}, &answer, "1")
	}
	for _, master := range masters {
		if calls(t, master, "eval") == 0 {
			t.Error("a master has no key")
		}
		if stats := master.Do(t, "INFO", "errorstats"); strings.Contains(stats, "MOVED") {
			t.Errorf("redirected: %s", stats)
		}
	}
}
