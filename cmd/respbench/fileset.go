package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/report/svg"
)

// A fileSet is what is going to be written, if all of it can be made.
type fileSet struct {
	folders []string // to be made
	files   []madeFile
	failed  error // the first
}

type madeFile struct {
	path string
	text []byte
}

func (s *fileSet) folder(path string) { s.folders = append(s.folders, path) }

func (s *fileSet) add(path string, write func(io.Writer) error) {
	var text bytes.Buffer
	s.failed = cmp.Or(s.failed, write(&text))
	s.files = append(s.files, madeFile{path, text.Bytes()})
}

// plots adds the figures of these names, or all if names is nil.
func (s *fileSet) plots(folder string, figures []document.Figure, names []string) {
	s.folder(folder)
	for _, f := range figures {
		if names == nil || slices.Contains(names, f.Name) {
			s.add(filepath.Join(folder, f.Name+".svg"), func(w io.Writer) error { return svg.Write(w, f) })
		}
	}
}

// save writes the files, none of which may be there unless force is set.
func (s *fileSet) save(force bool) error {
	if s.failed != nil {
		return s.failed
	}
	for _, f := range s.files {
		if _, err := os.Stat(f.path); err == nil && !force {
			return fmt.Errorf("-o %s: the file exists; --force replaces it", f.path)
		}
	}
	for _, folder := range s.folders {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return fmt.Errorf("-o: %w", err)
		}
	}
	for _, f := range s.files {
		if err := os.WriteFile(f.path, f.text, 0o644); err != nil {
			return fmt.Errorf("-o: %w", err)
		}
	}
	return nil
}
