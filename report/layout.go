package report

// A Layout is how a format is to write; each uses what concerns it. The zero
// Layout is all that is known, for a reader without a terminal.
type Layout struct {
	Width int    // columns of a terminal: tables leave columns out to fit; 0: they leave none out
	Title string // makes Markdown a whole document; heads a page
	Brief bool   // Markdown short enough for a comment, details folded
	// Plot returns the path by which a document links to a plot, which it is to
	// have; nil: it cannot have any.
	Plots func(name string) string
}
