package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// A tun is the file of a TUN device. Each Read takes one packet that was sent
// into the device, each Write has one arrive there.
type tun struct{ *os.File }

// Write loses what the device refuses, as a network does. That the device is
// gone shows in Read.
func (t tun) Write(packet []byte) (int, error) {
	_, _ = t.File.Write(packet)
	return len(packet), nil
}

// connect carries packets between the devices of two namespaces until one of
// them is gone.
func connect(l line, device, near, far string) error {
	here, err := attach(device, near)
	if err != nil {
		return err
	}
	there, err := attach(device, far)
	if err != nil {
		return err
	}
	ended := make(chan error)
	go func() { ended <- l.carry(here, there) }()
	go func() { ended <- l.carry(there, here) }()
	return <-ended
}

// attach opens a device that is there. The file stays with the device's
// namespace, whichever thread uses it.
func attach(device, namespace string) (tun, error) {
	type opened struct {
		t   tun
		err error
	}
	result := make(chan opened)
	go func() {
		// Never unlocked: the thread ends with the goroutine, since nothing
		// else may run in that namespace.
		runtime.LockOSThread()
		err := enter(namespace)
		if err != nil {
			result <- opened{err: err}
			return
		}
		t, err := open(device)
		result <- opened{t, err}
	}()
	r := <-result
	if r.err != nil {
		return tun{}, fmt.Errorf("device %s in namespace %s: %w", device, namespace, r.err)
	}
	return r.t, nil
}

// enter moves the thread to a namespace that `ip netns` has named.
func enter(namespace string) error {
	f, err := os.Open("/run/netns/" + namespace)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return os.NewSyscallError("setns", unix.Setns(int(f.Fd()), unix.CLONE_NEWNET))
}

// open leaves segmentation and checksums to the device, as with a network card:
// packets of up to 64 KiB pass whole, each after a header that says what is left
// to do, and the other device is handed the same header.
func open(device string) (tun, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return tun{}, &os.PathError{Op: "open", Path: "/dev/net/tun", Err: err}
	}
	if err := errors.Join(name(fd, device), offload(fd)); err != nil {
		_ = unix.Close(fd)
		return tun{}, err
	}
	return tun{os.NewFile(uintptr(fd), device)}, nil
}

func name(fd int, device string) error {
	request, err := unix.NewIfreq(device)
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI | unix.IFF_VNET_HDR)
	return os.NewSyscallError("TUNSETIFF", unix.IoctlIfreq(fd, unix.TUNSETIFF, request))
}

func offload(fd int) error {
	const can = unix.TUN_F_CSUM | unix.TUN_F_TSO4 | unix.TUN_F_TSO6
	return os.NewSyscallError("TUNSETOFFLOAD", unix.IoctlSetInt(fd, unix.TUNSETOFFLOAD, can))
}
