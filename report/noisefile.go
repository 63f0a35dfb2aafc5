package report

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// ReadNoise reads the file that a calibration has saved.
func ReadNoise(path string) (*Noise, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("noise file: %w", err)
	}
	var n Noise
	wrong := json.Unmarshal(text, &n)
	switch {
	case n.Type == noiseType && n.Schema != NoiseSchema:
		return nil, fmt.Errorf("noise file %s: schema %d, this program reads schema %d", path, n.Schema, NoiseSchema)
	case n.Type != noiseType:
		return nil, fmt.Errorf("%s is not a noise file; respbench calibrate makes them", path)
	case wrong != nil:
		return nil, fmt.Errorf("noise file %s: %w", path, wrong)
	case len(n.Servers) == 0 || len(n.Cells) == 0 || slices.ContainsFunc(n.Cells, CellNoise.damaged):
		return nil, fmt.Errorf("noise file %s: it is damaged; calibrate again", path)
	}
	return &n, nil
}

// highestFloor is beyond what any calibration finds: a thousandfold.
const highestFloor = 1000

// damaged is what no calibration has written. JSON holds finite numbers only.
func (c CellNoise) damaged() bool {
	return len(c.Key) == 0 || slices.ContainsFunc(c.Metrics, func(m MetricNoise) bool {
		return m.Metric == "" || m.Floor < 0 || m.Floor > highestFloor || m.Spread < 0
	})
}
