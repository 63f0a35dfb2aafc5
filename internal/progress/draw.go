package progress

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

const (
	// redrawEvery keeps drawing from costing the measurement anything.
	redrawEvery = 250 * time.Millisecond
	// widest is what an area takes of a wide terminal: the less, the more rarely do
	// its lines become too long when the terminal is narrowed.
	widest = 79
)

// A canvas is what a Display writes to, and what is drawn there.
type canvas struct {
	out    io.Writer
	screen Screen

	mu     sync.Mutex
	widths []int  // of the lines of the area, above the cursor
	text   string // of the area
}

// redraw is the drawing goroutine.
func (d *Display) redraw() {
	ticker := time.NewTicker(redrawEvery)
	defer ticker.Stop()
	for last := time.Now(); ; last = time.Now() {
		select {
		case <-d.stop:
			return
		case <-d.canvas.screen.Resumed:
			d.canvas.forget()
		case <-ticker.C:
			if time.Since(last) < 2*redrawEvery {
				d.draw(false)
			} // else it may have been suspended, which Resumed will say
		}
	}
}

// draw writes what is to stay, and the area beneath unless it is the last time.
// In the end, lines do not wait any more for the terminal to be ours.
func (d *Display) draw(last bool) {
	c := &d.canvas
	c.mu.Lock()
	defer c.mu.Unlock()
	ours := c.screen.Ours == nil || c.screen.Ours()
	switch {
	case !ours && !last:
		return
	case !ours:
		c.widths, c.text = nil, "" // what is above the cursor is not known
	}
	d.mu.Lock()
	now, s, pending := time.Now(), d.state, d.pending
	d.pending = nil
	d.mu.Unlock()
	columns, rows := c.size()
	var area []string
	if d.mode == Area && !last {
		area = s.lines(now, d.work, min(columns-1, widest), c.paint())
		area = area[:min(len(area), rows-1)]
	}
	c.write(pending, columns, area)
}

// size is that of the terminal; 0 columns: there is none.
func (c *canvas) size() (columns, rows int) {
	if c.screen.Size == nil {
		return 0, 0
	}
	columns, rows = c.screen.Size()
	return max(columns, 2), max(rows, 1)
}

// write puts the area in the place of the one that is there, beneath what is to
// stay. It leaves the cursor on the empty line below, where others may write.
func (c *canvas) write(stay []line, columns int, area []string) {
	var text strings.Builder
	for _, line := range area {
		text.WriteString(line)
		text.WriteByte('\n')
	}
	if len(stay) == 0 && text.String() == c.text {
		return
	}
	var out strings.Builder
	if len(c.widths) > 0 {
		fmt.Fprintf(&out, "\r\x1b[%dA\x1b[J", c.height(columns))
	}
	for _, l := range stay {
		out.WriteString(l.fit(c.paint(), columns-1))
		out.WriteByte('\n')
	}
	out.WriteString(text.String())
	c.widths, c.text = nil, text.String()
	for _, line := range area {
		c.widths = append(c.widths, width(line))
	}
	_, _ = io.WriteString(c.out, out.String())
}

// height is how many rows the area has that is there. It was drawn on so many
// columns or more; a terminal that was narrowed may have broken its lines.
func (c *canvas) height(columns int) int {
	if c.screen.Truncates {
		return len(c.widths)
	}
	rows := 0
	for _, w := range c.widths {
		rows += max((w+columns-1)/columns, 1)
	}
	return rows
}

// forget begins anew where the cursor is.
func (c *canvas) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.widths, c.text = nil, ""
}

// A painter marks what is bad.
type painter func(text string) string

func (c *canvas) paint() painter {
	if !c.screen.Color {
		return func(text string) string { return text }
	}
	return func(text string) string { return "\x1b[31m" + text + "\x1b[0m" }
}
