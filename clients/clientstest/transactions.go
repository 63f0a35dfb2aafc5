package clientstest

import (
	"context"
	"fmt"
	"testing"

	"respbench.dev/respbench/clients"
)

// transact returns the answers as show writes them.
func transact(s clients.Session, calls ...clients.Call) (string, error) {
	into := make([]clients.Answer, len(calls))
	err := s.(clients.Transactor).Transact(context.Background(), calls, into)
	return show(clients.Answer{Shape: clients.List, Items: into}), err
}

func mustTransact(t testing.TB, s clients.Session, want string, calls ...clients.Call) {
	t.Helper()
	if got, err := transact(s, calls...); err != nil || got != want {
		t.Fatalf("answered %s, %v, want %s", got, err, want)
	}
}

// checkTransaction counts at the server what a transaction sends.
func checkTransaction(t *testing.T, s subject) {
	if !s.variant.Has.Transaction {
		return
	}
	const repeats = 25
	admin := s.server.admin
	s.eachProtocol(t, func(t *testing.T, to clients.Target) {
		session := s.alone(t, to)
		admin.Do(t, "DEL", "{tx}count", "{tx}miss")
		commands := map[string]int{"multi": repeats, "exec": repeats, "set": repeats, "get": 2 * repeats, "incr": repeats, "discard": 0}
		before := map[string]int{}
		for command := range commands {
			before[command] = calls(t, admin, command)
		}
		for i := range repeats {
			mustTransact(t, session, fmt.Sprintf("['OK' %d '%d' null]", i+1, i+1),
				words("SET {tx}key value"), words("INCR {tx}count"), words("GET {tx}count"), words("GET {tx}miss"))
		}
		for command, want := range commands {
			if got := calls(t, admin, command) - before[command]; got != want {
				t.Errorf("%d times %s, want %d", got, command, want)
			}
		}
		mustSetGet(t, session, "{tx}key", text("after"))
	})
}

// checkAtomic has workers move two counters together, which nobody must see
// apart.
func checkAtomic(t *testing.T, s subject) {
	if !s.variant.Has.Transaction {
		return
	}
	const workers, repeats = 4, 50
	s.server.admin.Do(t, "DEL", "{atomic}a", "{atomic}b")
	c := s.open(t, Target(s.server.addr, workers))
	InParallel(t, c, workers, func(ctx context.Context, _ int, session clients.Session) error {
		into := make([]clients.Answer, 3)
		for range repeats {
			err := session.(clients.Transactor).Transact(ctx,
				[]clients.Call{words("INCR {atomic}a"), words("INCR {atomic}b"), words("MGET {atomic}a {atomic}b")}, into)
			if err != nil {
				return err
			}
			n := into[0].Int
			if got, want := show(clients.Answer{Shape: clients.List, Items: into}), fmt.Sprintf("[%d %d ['%d' '%d']]", n, n, n, n); got != want {
				return fmt.Errorf("saw %s, want %s", got, want)
			}
		}
		return nil
	})
	if got := s.server.admin.Do(t, "GET", "{atomic}a"); got != fmt.Sprint(workers*repeats) {
		t.Errorf("counted to %s", got)
	}
}

// checkTransactionErrors has one call fail, which leaves the others, and one
// refused, which leaves none.
func checkTransactionErrors(t *testing.T, s subject) {
	if !s.variant.Has.Transaction {
		return
	}
	admin := s.server.admin
	s.eachProtocol(t, func(t *testing.T, to clients.Target) {
		session := s.alone(t, to)
		admin.Do(t, "SET", "{bad}text", "no number")
		for i := range 3 {
			value := fmt.Sprint(i)
			_, err := transact(session, words("SET {bad}first "+value), words("INCR {bad}text"), words("SET {bad}last "+value))
			if !says(err, "ERR value is not an integer") {
				t.Errorf("an INCR of text is %v", err)
			}
			if first, last := admin.Do(t, "GET", "{bad}first"), admin.Do(t, "GET", "{bad}last"); first != value || last != value {
				t.Errorf("beside an error are %s and %s, want %s", first, last, value)
			}
			_, err = transact(session, words("SET {bad}first refused"), words("GET"), words("SET {bad}last refused"))
			if !says(err, "ERR wrong number of arguments") && !says(err, "EXECABORT ") {
				t.Errorf("a GET of nothing is %v", err)
			}
			if first := admin.Do(t, "GET", "{bad}first"); first != value {
				t.Errorf("of a refused transaction is left %s", first)
			}
			mustTransact(t, session, "['OK' '"+value+"']", words("SET {bad}again "+value), words("GET {bad}again"))
			mustSetGet(t, session, "{bad}again", text("after"))
		}
	})
}

// checkTransactionSlots has a transaction on each master.
func checkTransactionSlots(t *testing.T, s subject, to clients.Target, masters []admin) {
	if !s.variant.Has.Transaction {
		return
	}
	session := s.alone(t, to)
	before := make([]int, len(masters))
	for i, master := range masters {
		before[i] = calls(t, master, "exec")
	}
	const all = 64
	for i := range all {
		key := fmt.Sprintf("{slots %d}of a transaction", i)
		mustTransact(t, session, "['OK' '"+key+"' 1]",
			clients.Call{Words: []string{"SET", key, key}, Key: 1}, clients.Call{Words: []string{"GET", key}, Key: 1},
			clients.Call{Words: []string{"DEL", key}, Key: 1})
	}
	sum := 0
	for i, master := range masters {
		got := calls(t, master, "exec") - before[i]
		if sum += got; got == 0 {
			t.Error("a master had no transaction")
		}
	}
	if sum != all {
		t.Errorf("%d transactions are %d at the servers", all, sum)
	}
}
