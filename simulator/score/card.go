package score

import (
	"encoding/json"
	"fmt"
	"io"

	"lowsky"
)

// WriteJSON writes the card, indented.
func WriteJSON(w io.Writer, c *lowsky.Scorecard) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(c)
}

// ReadJSON reads one card and nothing after it. Keys that it does not know, a newer version's, are passed over.
func ReadJSON(r io.Reader) (*lowsky.Scorecard, error) {
	d := json.NewDecoder(r)
	c := &lowsky.Scorecard{}
	if err := d.Decode(c); err != nil {
		return nil, fmt.Errorf("score card: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, &lowsky.InvalidError{Field: "score card", Problem: "goes on after its end"}
	}
	return c, nil
}
