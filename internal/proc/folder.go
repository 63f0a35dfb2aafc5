package proc

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// marker is a file that says that a folder is ours to remove.
const marker = ".respbench-temporary"

// NewFolder makes a temporary folder that RemoveFolder and a guard will remove.
func NewFolder() (string, error) {
	dir, err := os.MkdirTemp("", "respbench-")
	if err != nil {
		return "", fmt.Errorf("temporary folder: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, marker), nil, 0o600); err != nil {
		return "", errors.Join(fmt.Errorf("temporary folder: %w", err), os.Remove(dir))
	}
	return dir, nil
}

// RemoveFolder removes a folder of NewFolder with all that is in it, and
// refuses any other. One that is gone already is no error.
func RemoveFolder(dir string) error {
	if err := checkFolder(dir); err != nil {
		return err
	}
	err := os.RemoveAll(dir)
	// Some systems keep the files of a process for a moment after its end.
	for wait := time.Millisecond; err != nil && wait < time.Second; wait *= 2 {
		time.Sleep(wait)
		err = os.RemoveAll(dir)
	}
	return err
}

// checkFolder takes an absolute path of a folder, not of a link to one, with
// our marker in it.
func checkFolder(dir string) error {
	if !filepath.IsAbs(dir) || filepath.Dir(dir) == filepath.Clean(dir) {
		return fmt.Errorf("remove folder %q: not a temporary one of ours", dir)
	}
	info, err := os.Lstat(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	mark, err := os.Lstat(filepath.Join(dir, marker))
	if !info.IsDir() || err != nil || !mark.Mode().IsRegular() {
		return fmt.Errorf("remove folder %q: not a temporary one of ours", dir)
	}
	return nil
}
