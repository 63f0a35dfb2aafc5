package svg

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"strings"

	"respbench.dev/respbench/report/document"
)

const between = 16 // pixels from one figure to the next

// WriteAll draws figures below each other, as one image.
func WriteAll(w io.Writer, figures []document.Figure) error {
	if len(figures) == 1 {
		return Write(w, figures[0])
	}
	var inside strings.Builder
	var titles []string
	width, height := 0.0, 0.0
	for i, f := range figures {
		var one bytes.Buffer
		sheet, err := write(&one, f)
		if err != nil {
			return err
		}
		if i > 0 {
			height += between
		}
		fmt.Fprintf(&inside, "<svg y=\"%.0f\"%s", height, strings.TrimPrefix(one.String(), "<svg"))
		width, height = max(width, sheet.width.Points()), height+sheet.height.Points()
		titles = append(titles, cleaned(f).Title)
	}
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img">
<title>%s</title>
<rect width="100%%" height="100%%" fill="white"/>
%s</svg>
`, width, height, width, height, html.EscapeString(strings.Join(titles, "; ")), inside.String())
	return err
}
