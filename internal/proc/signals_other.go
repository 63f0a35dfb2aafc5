//go:build !unix

package proc

import "os"

var deafTo = []os.Signal{os.Interrupt}

func terminate(p *os.Process) error { return p.Kill() }

func killGroup(*os.Process) error { return nil }

func quit(p *os.Process) error { return p.Kill() }
