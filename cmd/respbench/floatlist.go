package main

import (
	"strconv"
	"strings"
)

// A floatList holds numbers exactly, as they are handed from flag to flag.
type floatList struct{ list *[]float64 }

func (f *floatList) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		if err := f.Append(strings.TrimSpace(word)); err != nil {
			return err
		}
	}
	return nil
}

func (f *floatList) Append(text string) error {
	number, err := strconv.ParseFloat(text, 64)
	*f.list = append(*f.list, number)
	return err
}

func (f *floatList) Replace(list []string) error {
	*f.list = nil
	for _, text := range list {
		if err := f.Append(text); err != nil {
			return err
		}
	}
	return nil
}

func (f *floatList) GetSlice() []string {
	var list []string
	for _, number := range *f.list {
		list = append(list, strconv.FormatFloat(number, 'g', -1, 64))
	}
	return list
}

func (f *floatList) String() string { return strings.Join(f.GetSlice(), ",") }

func (f *floatList) Type() string { return "floats" }
