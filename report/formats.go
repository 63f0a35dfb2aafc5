package report

import (
	"fmt"
	"io"
	"strings"
)

// A FormatOf writes a T, in which all arithmetic is done.
type FormatOf[T any] struct {
	Name, Doc string
	Write     func(io.Writer, T, Layout) error
}

type (
	// Format is one of a report.
	Format = FormatOf[*Summary]
	// SweepFormat is one of a sweep.
	SweepFormat = FormatOf[*SweepSummary]
	// ComparisonFormat is one of a comparison.
	ComparisonFormat = FormatOf[*Comparison]
)

// FormatNamed returns one of the Formats. The error names the choices.
func FormatNamed(name string) (Format, error) { return named(Formats(), name) }

// SweepFormatNamed returns one of the SweepFormats. The error names the choices.
func SweepFormatNamed(name string) (SweepFormat, error) { return named(SweepFormats(), name) }

// ComparisonFormatNamed returns one of the ComparisonFormats. The error names
// the choices.
func ComparisonFormatNamed(name string) (ComparisonFormat, error) {
	return named(ComparisonFormats(), name)
}

// OfOneCell is the format that holds one cell only.
const OfOneCell = "hgrm"

func named[T any](formats []FormatOf[T], name string) (FormatOf[T], error) {
	var names []string
	for _, f := range formats {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return FormatOf[T]{}, fmt.Errorf("unknown format %q; have %s", name, strings.Join(names, ", "))
}
