package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"lowsky"
	"lowsky/store/storetest"
)

// BenchmarkConsume measures telemetry rows through Consume into PostgreSQL, indexes and position included; decoding
// is left out (the messages are made beforehand). The test cluster does not sync its disk; the journal is in memory.
func BenchmarkConsume(b *testing.B) {
	s := storetest.New(b)
	reports := make(map[string]lowsky.Message, b.N)
	j := new(journal)
	for i := range b.N {
		r := report(fmt.Sprintf("bench-%04d", i%1000), noon.Add(time.Duration(i/1000)*time.Second))
		r.ReceivedAt = r.MeasuredAt
		topic := fmt.Sprint(i)
		reports[topic] = r
		j.records = append(j.records, lowsky.Record{Seq: uint64(i + 1), Kind: lowsky.RecordMessage, At: r.MeasuredAt, Topic: topic})
	}
	made := func(topic string, _ []byte, _ time.Time, _ bool) ([]lowsky.Message, error) {
		return []lowsky.Message{reports[topic]}, nil
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := s.CatchUp(context.Background(), j, made, options); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkHistory reads one hour of one aircraft at 1 Hz.
func BenchmarkHistory(b *testing.B) {
	s := storetest.New(b)
	j := new(journal)
	for i := range 3600 {
		for a := range 5 {
			j.add(telemetry(report(fmt.Sprint("a-", a), noon.Add(time.Duration(i)*time.Second))))
		}
	}
	catchUp(b, s, j)
	for b.Loop() {
		points, err := s.History(b.Context(), lowsky.Everything, "a-3", noon, noon.Add(time.Hour), 10_000)
		if err != nil || len(points) != 3600 {
			b.Fatal(len(points), err)
		}
	}
}
