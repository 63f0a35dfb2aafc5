package engine

// A Pace says when steps are due, instead of as soon as the one before has
// ended.
type Pace struct {
	Rate    float64 // steps a second of all workers together; 0: there is no schedule
	Poisson bool    // the times between steps are random, and only their mean is equal
}

// A Schedule is how the steps of a paced window were started.
type Schedule struct {
	// Offered is how many steps a second came due. Achieved is how many were
	// sent in that time, and done: the last ones may take their time.
	Offered, Achieved float64

	Due    int64 // steps that came due in the window
	Unsent int64 // of those, the ones that were given up because the trial had to end
	Late   int64 // of those, the ones that came due while their worker was in an earlier step; unsent ones, too
	// Lag is how long after it was due, and its worker free, a step was sent.
	Lag Recording
	// Wake is how late the pacer itself was, for each step.
	Wake Recording
}
