package redisbenchmark

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"respbench.dev/respbench/results"
)

// nameless is whether another process can open a file that has no name any more:
// then nothing stays behind of a trial that is killed.
const nameless = runtime.GOOS == "linux"

// A caFile has the CA, which is taken from a file alone; without one there is none.
type caFile struct{ *os.File }

func writeCA(tls *results.TLS) (caFile, error) {
	if tls == nil || tls.CA == "" {
		return caFile{}, nil
	}
	f, err := os.CreateTemp("", "respbench-ca-")
	if err != nil {
		return caFile{}, withoutPath(err)
	}
	_, err = f.WriteString(tls.CA)
	if nameless || err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	if err != nil {
		_ = f.Close()
		return caFile{}, withoutPath(err)
	}
	return caFile{f}, nil
}

// withoutPath is the error alone: the path is nobody else's business.
func withoutPath(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

// path is how redis-benchmark opens it while this process has it open; empty:
// there is none.
func (c caFile) path() string {
	switch {
	case c.File == nil:
		return ""
	case nameless:
		return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), c.Fd())
	}
	return c.Name()
}

func (c caFile) remove() {
	if c.File == nil {
		return
	}
	_ = c.Close()
	if !nameless {
		_ = os.Remove(c.Name())
	}
}
