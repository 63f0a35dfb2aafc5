package proc

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// marker is a file that says that a folder is ours to remove.
const marker = ".respbench-temporary"

// FolderPath names a temporary folder that a guard is to make. It is the guard
// that makes it, for the guard outlives us long enough to remove it.
func FolderPath() string {
	return filepath.Join(os.TempDir(), "respbench-"+strings.ToLower(rand.Text()[:12]))
}

// makeFolder makes a folder with our marker in it, at a path that is not taken.
func makeFolder(dir string) error {
	if !filepath.IsAbs(dir) {
		return fmt.Errorf("temporary folder %q: want an absolute path", dir)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("temporary folder: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, marker), nil, 0o600); err != nil {
		return errors.Join(fmt.Errorf("temporary folder: %w", err), os.Remove(dir))
	}
	return nil
}

// RemoveFolder removes a folder of a guard with all that is in it, and refuses
// any other. One that is gone already is no error.
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
