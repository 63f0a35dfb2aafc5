package main

// #include <stdint.h>
import "C"

import (
	"sync"

	"respbench.dev/respbench/clients"
)

// dialers are those of the targets, by port: *clients.Dialer by int. Of two targets
// with the same port it is the later one's. A trial has one.
var dialers sync.Map

// begun counts a connection that the core begins, at first or again. The library
// tells only of the first: its AddressResolver is not asked again, and its
// statistics count what is open.
//
//export begun
func begun(port C.uint16_t) {
	if d, ok := dialers.Load(int(port)); ok {
		d.(*clients.Dialer).Count()
	}
}
