package clients

import (
	"fmt"
	"strings"
)

// Find returns a variant by the names of its library and itself. The error
// names the choices.
func Find(libraries []Library, library, variant string) (Variant, error) {
	for _, l := range libraries {
		if l.Name == library {
			return l.Find(variant)
		}
	}
	return Variant{}, fmt.Errorf("unknown client %q; have %s", library, strings.Join(Names(libraries), ", "))
}

// Find returns a variant by its name; an empty name is the first.
func (l Library) Find(variant string) (Variant, error) {
	if variant == "" {
		return l.Variants[0], nil
	}
	var names []string
	for _, v := range l.Variants {
		if v.Name == variant {
			return v, nil
		}
		names = append(names, v.Name)
	}
	return Variant{}, fmt.Errorf("unknown variant %q of %s; have %s", variant, l.Name, strings.Join(names, ", "))
}

// Names lists the libraries that are not hidden and are compiled in.
func Names(libraries []Library) []string {
	var names []string
	for _, l := range libraries {
		if !l.Variants[0].Hidden && !l.Driven {
			names = append(names, l.Name)
		}
	}
	return names
}
