package picture

import (
	"context"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"lowsky"
)

// TestRecordKinds: what the picture consumes live is what a replay consumes, of every kind that there is.
func TestRecordKinds(t *testing.T) {
	consumed := map[string]bool{
		"RecordMessage": true, "RecordTick": true, "RecordZones": true, "RecordAircraft": true, "RecordHandling": true,
		"RecordSkipped": true, "RecordLate": true, "RecordBroker": true, "RecordMismatch": true,
		"RecordStart": false, "RecordAlert": false, "RecordGap": false,
	}
	kinds := recordKinds(t)
	if len(kinds) != len(consumed) {
		t.Errorf("record.go has %d kinds, this test knows %d", len(kinds), len(consumed))
	}
	msgs := []lowsky.Message{&lowsky.Topology{Gateway: "gw", Online: true}}
	for name, kind := range kinds {
		want, known := consumed[name]
		if !known {
			t.Errorf("%s: is it consumed? Offer, Replay and Engine have to know", name)
			continue
		}
		e, err := NewEngine(Config{})
		if err != nil {
			t.Fatal(err)
		}
		p := New(e, nil, nil, Options{})
		rec := lowsky.Record{Seq: 2, Kind: kind, At: noon, Payload: []byte("[")}
		p.Offer(rec, msgs)
		if got := p.inbox.len() == 1; got != want {
			t.Errorf("%s: offered live: %v", name, got)
		}
		start, _ := json.Marshal(lowsky.PictureStart{})
		log := &memory{records: []lowsky.Record{{Seq: 1, Kind: lowsky.RecordStart, At: noon, Payload: start}, rec}}
		got := false
		err = Replay(context.Background(), log, ReplayConfig{
			From: 1, Decode: func(lowsky.Record) ([]lowsky.Message, error) { return msgs, nil },
			Make: func(*lowsky.PictureStart) (Config, error) { return Config{}, nil },
		}, func(r *lowsky.Record, _ []lowsky.Change) error { got = r.Seq == 2; return nil })
		if kind == lowsky.RecordSkipped { // read ahead: a broken one is an error
			got = err != nil
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got != want {
			t.Errorf("%s: replayed: %v", name, got)
		}
		// The engine looks at the payload of whatever it consumes: a broken one is counted.
		e.Step(rec, msgs)
		if bad := e.Counts().BadRecords == 1; bad != (want && kind != lowsky.RecordMessage) {
			t.Errorf("%s: looked at by the engine: %v", name, bad)
		}
	}
}

// recordKinds reads the constants of type RecordKind from the root package.
func recordKinds(t *testing.T) map[string]lowsky.RecordKind {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../record.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]lowsky.RecordKind{}
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		if typ, ok := v.Type.(*ast.Ident); !ok || typ.Name != "RecordKind" {
			return true
		}
		k, err := strconv.ParseUint(v.Values[0].(*ast.BasicLit).Value, 10, 8)
		if err != nil {
			t.Fatal(err)
		}
		kinds[v.Names[0].Name] = lowsky.RecordKind(k)
		return true
	})
	return kinds
}
