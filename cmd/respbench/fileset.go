package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"respbench.dev/respbench/report/document"
	"respbench.dev/respbench/report/svg"
)

// A fileSet is what is going to be written, if all of it can be made.
type fileSet struct {
	folders []string // to be made, in this order
	files   []madeFile
	failed  error // the first
}

type madeFile struct {
	path string
	text []byte
}

func (s *fileSet) folder(path string) { s.folders = append(s.folders, path) }

func (s *fileSet) add(path string, write func(io.Writer) error) {
	if s.failed != nil {
		return
	}
	var text bytes.Buffer
	s.failed = write(&text)
	s.files = append(s.files, madeFile{path, text.Bytes()})
}

// plots adds the figures of these names, or all if names is nil.
func (s *fileSet) plots(folder string, figures []document.Figure, names []string) {
	if names != nil {
		figures = slices.DeleteFunc(figures, func(f document.Figure) bool { return !slices.Contains(names, f.Name) })
	}
	if len(figures) > 0 {
		s.folder(folder)
	}
	for _, f := range figures {
		s.add(filepath.Join(folder, f.Name+".svg"), func(w io.Writer) error { return svg.Write(w, f) })
	}
}

// save writes the files, none of which may be there unless force is set: beside
// their places first, so that a full disk spoils none of those that were there.
func (s *fileSet) save(force bool) error {
	if s.failed != nil {
		return s.failed
	}
	for _, f := range s.files {
		if err := f.mayReplace(force); err != nil {
			return err
		}
	}
	for _, folder := range s.folders {
		if err := os.Mkdir(folder, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("-o: %w", err)
		}
	}
	var written []string
	for _, f := range s.files {
		path, err := f.write()
		if err != nil {
			for i, path := range written {
				if path != s.files[i].path {
					_ = os.Remove(path)
				}
			}
			return fmt.Errorf("-o: %w", err)
		}
		written = append(written, path)
	}
	for i, f := range s.files {
		if written[i] == f.path {
			continue
		}
		if err := os.Rename(written[i], f.path); err != nil {
			return fmt.Errorf("-o: %w", err)
		}
	}
	return nil
}

// mayReplace is about what has the file's name already. What is no file, such as
// /dev/null, is written to.
func (f madeFile) mayReplace(force bool) error {
	info, err := os.Lstat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("-o: %w", err)
	case info.IsDir():
		return fmt.Errorf("-o %s: it is a folder", f.path)
	case !force && (info.Mode().IsRegular() || info.Mode()&fs.ModeSymlink != 0):
		return fmt.Errorf("-o %s: the file exists; --force replaces it", f.path)
	}
	return nil
}

// write returns where it has written: beside the file's place, unless there is
// something that is to stay what it is.
func (f madeFile) write() (path string, err error) {
	if info, err := os.Lstat(f.path); err == nil && !info.Mode().IsRegular() {
		return f.path, os.WriteFile(f.path, f.text, 0o644)
	}
	path = f.path + ".part"
	if err := os.WriteFile(path, f.text, 0o644); err != nil {
		_ = os.Remove(path)
		var wrong *fs.PathError
		if errors.As(err, &wrong) {
			wrong.Path = f.path
		}
		return "", err
	}
	return path, nil
}
