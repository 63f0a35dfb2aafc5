package all_test

import (
	"flag"
	"os"
	"strconv"
	"testing"

	"respbench.dev/respbench/clients/all"
	"respbench.dev/respbench/clients/clientstest"
	"respbench.dev/respbench/internal/servertest"
)

var update = flag.Bool("update", false, "write docs/CLIENTS.md as the test saw it")

const clientsDoc = "../../docs/CLIENTS.md"

// TestClientsDoc uses every variant and looks at what the servers get to see:
// the document says what came of it.
func TestClientsDoc(t *testing.T) {
	quiet := servertest.Start(t, servertest.Options{}) // skips all where the program is not installed
	rows := listed()
	clientstest.AtOnce(t, observations(rows))
	for i := range rows { // after all others: the whole process is counted
		t.Run("allocations/"+rows[i].name, func(t *testing.T) {
			n := allocationsPerGet(t, rows[i].variant, quiet.Addr)
			rows[i].cells[allocations] = cell{text: strconv.Itoa(n)}
		})
	}
	if !t.Failed() {
		checkDocument(t, rows)
	}
}

// listed are the variants that users are offered, in the order of reports.
func listed() []row {
	var rows []row
	for _, lib := range all.Libraries() {
		for i, v := range lib.Variants {
			name := lib.Name
			if i > 0 {
				name += ":" + v.Name
			}
			if !v.Hidden {
				rows = append(rows, row{name: name, variant: v})
			}
		}
	}
	return rows
}

// observations fill the rows, each its own cells. What takes longest to start
// comes first.
func observations(rows []row) []clientstest.Test {
	tests := []clientstest.Test{
		{Name: "cluster", Run: func(t *testing.T) { observeCluster(t, rows) }},
		{Name: "sentinel", Run: func(t *testing.T) { observeSentinel(t, rows) }},
	}
	for i := range rows {
		tests = append(tests, clientstest.Test{Name: rows[i].name, Run: func(t *testing.T) { observe(t, &rows[i]) }})
	}
	return tests
}

func checkDocument(t *testing.T, rows []row) {
	old, err := os.ReadFile(clientsDoc)
	if err != nil {
		t.Fatal(err)
	}
	whole := document(t, string(old), rows)
	if *update {
		if err := os.WriteFile(clientsDoc, []byte(whole), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := differences(string(old), whole); diff != "" {
		t.Errorf("%s does not say what was seen; write it with -update (-said +seen):\n%s", clientsDoc, diff)
	}
}
