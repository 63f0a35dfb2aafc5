package page

import (
	"slices"
	"strings"

	"respbench.dev/respbench/report/document"
)

// A client is what a reader may leave out: its rows, and the series that are its own.
type client struct {
	Name  string
	Color int // -1: it is in no figure
}

// clientColumn is the name of the column that says whose a row is.
const clientColumn = "client"

// clientsOf are those in the tables, in their order.
func clientsOf(d document.Document) []client {
	var clients []client
	for _, s := range d.Sections {
		for _, t := range s.Tables {
			for _, r := range t.Rows {
				name := clientOf(t, r)
				if name == "" || slices.ContainsFunc(clients, func(c client) bool { return c.Name == name }) {
					continue
				}
				clients = append(clients, client{name, colorOf(d, name)})
			}
		}
	}
	return clients
}

// clientOf is empty in a table that is not about clients.
func clientOf(t document.Table, r document.TableRow) string {
	i := columnOf(t)
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i].Text
}

func columnOf(t document.Table) int {
	return slices.IndexFunc(t.Columns, func(c document.Column) bool { return strings.EqualFold(c.Name, clientColumn) })
}

// headColumn is the column that names the rows: it stays in sight.
func headColumn(t document.Table) int { return max(columnOf(t), 0) }

func colorOf(d document.Document, name string) int {
	for _, section := range d.Sections {
		for _, f := range section.Figures {
			for _, s := range f.Series {
				if s.Client == name {
					return s.Color
				}
			}
		}
	}
	return -1
}
