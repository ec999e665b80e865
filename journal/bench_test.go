package journal

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"lowsky"
)

// BenchmarkAppend measures records on the disk (SyncAlways). Each appender waits for the receipt of every "window"th
// record: 1 is a device that sends the next message after the acknowledgement, 100 a broker with 100 in flight.
// p50-ack-ms is from Append to the receipt of the records waited for.
func BenchmarkAppend(b *testing.B) {
	for _, c := range []struct{ size, appenders, window int }{
		{120, 1, 1}, {450, 1, 1}, {120, 100, 1}, {450, 100, 1}, {120, 4, 1000}, {450, 4, 1000},
	} {
		b.Run(fmt.Sprintf("bytes=%d/appenders=%d/window=%d", c.size, c.appenders, c.window), func(b *testing.B) {
			l, _ := start(b, Config{})
			payload := make([]byte, c.size)
			var mu sync.Mutex
			var all []time.Duration
			var wg sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for a := range c.appenders {
				n := b.N / c.appenders
				if a < b.N%c.appenders {
					n++
				}
				wg.Add(1)
				go func() {
					defer wg.Done()
					var took []time.Duration
					rec := lowsky.Record{Kind: lowsky.RecordMessage, At: noon, Link: "bench/1", Topic: "lowsky/v1/telemetry/bench-0001", Payload: payload}
					for i := range n {
						began := time.Now()
						r, err := l.Append(rec, nil)
						if err != nil {
							b.Error(err)
							return
						}
						if i%c.window == c.window-1 || i == n-1 {
							if err := r.Wait(context.Background()); err != nil {
								b.Error(err)
								return
							}
							took = append(took, time.Since(began))
						}
					}
					mu.Lock()
					all = append(all, took...)
					mu.Unlock()
				}()
			}
			wg.Wait()
			b.StopTimer()
			slices.Sort(all)
			if len(all) > 0 {
				b.ReportMetric(float64(all[len(all)/2])/1e6, "p50-ack-ms")
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkRead reads batches of about 300 records back.
func BenchmarkRead(b *testing.B) {
	l, _ := start(b, Config{})
	var last lowsky.Receipt
	const n = 200_000
	for i := range n {
		rec := message(0)
		rec.Payload = make([]byte, 120)
		var err error
		if last, err = l.Append(rec, nil); err != nil {
			wait(b, last)
		}
		if i%300 == 0 && last != nil {
			wait(b, last)
		}
	}
	wait(b, last)
	b.ResetTimer()
	total := 0
	for b.Loop() {
		if err := l.Read(context.Background(), 1, false, func(batch []lowsky.Record) error { total += len(batch); return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "records/s")
}
