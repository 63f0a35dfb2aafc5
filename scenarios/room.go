package scenarios

// About what a key costs a server beyond its value, and an entry of an index or
// of a set, in bytes.
const (
	keyRoom   = 100
	entryRoom = 80
)

// insertRoom: inserts at most double the key space.
func insertRoom(l Load) int64 {
	if mix, err := ParseMix(l.Mix); err != nil || !mix.has(mixedInsert) {
		return 0
	}
	return int64(l.Keyspace) * int64(l.DataSize+keyRoom)
}

// commandRoom: each line may have a key of its own for each of the key space.
func commandRoom(l Load) int64 {
	lines, _ := commandLines(l)
	return int64(len(lines)) * int64(l.Keyspace) * int64(l.DataSize+keyRoom+entryRoom)
}

func objectsRoom(l Load) int64 {
	return int64(l.Workers) * ticketsEach * int64(l.DataSize+4*keyRoom+4*entryRoom)
}

func paginationRoom(Load) int64 { return members * entryRoom }

// queueRoom is what may be under way.
func queueRoom(Load) int64 { return 64 << 20 }

// webRoom: how many pastes there are before the first expires follows from how
// fast it goes.
func webRoom(l Load) int64 {
	const pastes = 100_000
	return pastes * int64(l.DataSize+keyRoom)
}
