package report

import (
	"slices"

	"respbench.dev/respbench/report/document"
)

// A palette gives each client one colour in all figures of a document.
type palette struct{ clients []string }

// newPalette numbers clients in this order.
func newPalette(clients []string) *palette {
	p := &palette{}
	for _, c := range clients {
		p.of(c)
	}
	return p
}

// of numbers a client that the palette does not know after all others.
func (p *palette) of(client string) int {
	if i := slices.Index(p.clients, client); i >= 0 {
		return i
	}
	p.clients = append(p.clients, client)
	return len(p.clients) - 1
}

// series has the name, and whose row it is; no points yet.
func (p *palette) series(name string, r Row) document.Series {
	client := r.Point.Client()
	return document.Series{Name: name, Client: client, Color: p.of(client)}
}

// clientsOf are those of rows, each once and in their order.
func clientsOf(rows []Row) []string {
	var clients []string
	for _, r := range rows {
		clients = addNew(clients, r.Point.Client())
	}
	return clients
}
