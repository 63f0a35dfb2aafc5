package document

// A Kind is the question that a figure answers.
type Kind string

// The kinds.
const (
	Spectrum   Kind = "spectrum"   // how bad is the tail, and is it repeatable?
	Throughput Kind = "throughput" // how much, with every trial drawn
	Order      Kind = "order"      // is it drift, warm-up, or real?
	Sweep      Kind = "sweep"      // how much can it take?
	Forest     Kind = "forest"     // did anything change, and how sure is that?
	Timeline   Kind = "timeline"   // the course of trials: stalls, collections, outages
)

// Kinds are all of them, as they are typed.
var Kinds = []Kind{Spectrum, Throughput, Order, Sweep, Forest, Timeline}

// A Figure is a plot before it is drawn. No number of it is infinite or NaN, and on
// a log axis all are above zero.
type Figure struct {
	Kind    Kind
	Name    string // of letters, digits and dashes, unique in the document: "spectrum-concurrent-1"
	Title   string
	Caption string // how it is read
	Alt     string // what is to be seen in it, in words
	X, Y    Axis
	Series  []Series
	Bands   []Band
}

// A Scale is how an axis is divided.
type Scale string

// The scales.
const (
	Linear Scale = "linear"
	Log    Scale = "log"
	// Category places names at the whole numbers from 0: Ticks has all of them,
	// and what lies between two is beside them.
	Category Scale = "category"
)

// An Axis is scaled so that all points, bands and lows and highs fit.
type Axis struct {
	Title string // with the unit: "service time, us"
	Scale Scale
	Zero  bool   // reaches zero
	Ticks []Tick // where there are any, at these places only
}

// A Tick is a place on an axis and what is written there.
type Tick struct {
	At   float64
	Text string
}

// A Series is drawn in one colour.
type Series struct {
	Name   string // in the legend: the client
	Client string // whose it is, as in the tables' column "client"; empty: nobody's
	Color  int    // from 0: a client has one colour in all figures of a document
	Dashed bool   // a second line of the same thing, such as its p99
	Line   bool   // joins the points, in their order
	Dots   bool   // marks each point
	// Ranges says how Low and High are drawn.
	Ranges Ranges
	Points []Point
}

// Ranges are the ways to draw the low and high of points.
type Ranges string

// The ranges.
const (
	NoRanges   Ranges = ""
	Area       Ranges = "area"       // filled between all lows and highs, behind the line
	Vertical   Ranges = "vertical"   // a line from low to high of Y at each point
	Horizontal Ranges = "horizontal" // from low to high of X: a forest plot
)

// A Point is a place, with its range where the series has Ranges.
type Point struct {
	X, Y      float64
	Low, High float64
	Mark      Mark
	Text      string // what it is, in words: "round 3: 18,271 set+get/s"
}

// A Mark makes a point stand out.
type Mark string

// The marks.
const (
	NoMark  Mark = ""
	Failed  Mark = "failed"  // of a trial that is not ok, drawn as a cross
	Flagged Mark = "flagged" // drawn hollow
	Typical Mark = "typical" // a median among single values, drawn as a bar
)

// A Band is a region between two places of an axis, behind the series, named in
// the legend; a line where both are one.
type Band struct {
	Name     string
	Vertical bool // on the X axis
	From, To float64
}
