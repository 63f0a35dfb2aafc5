package check

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// The test binary plays drivers: which one is in this argument's next.
const playing = "-drive"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == playing {
		play(os.Args[2], os.Args[3:])
		return
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector's second at the end of each player
	goleak.VerifyTestMain(m)
}
