package store_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"lowsky"
	"lowsky/store"
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

// BenchmarkSignInsBesideAlerts has 20 sign-ins a second (read the person, keep the session, note when, an audit row: what
// store does for one) beside a consumer that writes alerts and what people did with them as fast as it can, each with an
// audit row in the same chain; and each alone. Nothing of it may wait for the other longer than a transaction takes.
func BenchmarkSignInsBesideAlerts(b *testing.B) {
	const signIns, perSecond, handled = 200, 20, 25_000
	for _, c := range []struct {
		name           string
		people, alerts bool
	}{{"sign-ins alone", true, false}, {"alerts alone", false, true}, {"both", true, true}} {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			var rate float64
			for b.Loop() {
				s := storetest.New(b)
				city(b, s)
				u := lowsky.User{Username: "li", Organisation: "county", CreatedAt: noon, PasswordChangedAt: noon}
				if err := s.CreateUser(b.Context(), wang, u); err != nil {
					b.Fatal(err)
				}
				ctx, cancel := context.WithCancel(b.Context())
				var running sync.WaitGroup
				if c.alerts {
					j := alertJournal(handled)
					running.Go(func() {
						began := time.Now()
						var stored uint64
						// Batches as they come: 200 records each.
						err := s.CatchUp(ctx, &slowly{j, 200, &stored}, decode, options)
						rate = float64(stored) / time.Since(began).Seconds()
						if err != nil && ctx.Err() == nil {
							b.Error(err)
						}
					})
				}
				if c.people {
					tick := time.NewTicker(time.Second / perSecond)
					for i := range signIns {
						<-tick.C
						began := time.Now()
						if err := signIn(ctx, s, i); err != nil {
							b.Fatal(err)
						}
						took = append(took, time.Since(began))
					}
					tick.Stop()
					cancel()
				}
				running.Wait()
				cancel()
			}
			if len(took) > 0 {
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			}
			if c.alerts {
				b.ReportMetric(rate, "records/s")
			}
		})
	}
}

func signIn(ctx context.Context, s *store.Store, i int) error {
	if _, err := s.User(ctx, "li"); err != nil {
		return err
	}
	data := fmt.Sprintf(`{"username":"li","began_ms":%d,"from":"10.0.0.9"}`, noon.UnixMilli())
	if err := s.Sessions().CommitCtx(ctx, fmt.Sprint("session ", i), []byte(data), time.Now().Add(time.Hour)); err != nil {
		return err
	}
	if err := s.SignedIn(ctx, "li", noon.Add(time.Duration(i)*time.Second)); err != nil {
		return err
	}
	return s.Audit(ctx, lowsky.AuditEntry{At: noon, By: "li", From: "10.0.0.9", Action: "session.begin", Object: "user/li", Organisation: "county"})
}

// alertJournal is n alerts, each acknowledged by somebody.
func alertJournal(n int) *journal {
	j := new(journal)
	for i := range n {
		id := fmt.Sprint("a-", i)
		acked := alert(id, 2)
		acked.Handling = lowsky.Handling{State: lowsky.HandlingAcknowledged, AcknowledgedBy: "wang", AcknowledgedAt: noon}
		j.add(record(lowsky.RecordAlert, "", alert(id, 1)),
			record(lowsky.RecordHandling, "", lowsky.HandlingCommand{ID: id, Alert: lowsky.AlertID(id), Action: lowsky.ActionAcknowledge, By: "wang"}),
			record(lowsky.RecordAlert, "", acked))
	}
	return j
}

// slowly hands a journal out in batches of so many, and counts what was stored.
type slowly struct {
	*journal
	batch  int
	stored *uint64
}

func (j *slowly) Read(ctx context.Context, from uint64, _ bool, fn func([]lowsky.Record) error) error {
	for i := int(from) - 1; i < len(j.records) && ctx.Err() == nil; i += j.batch {
		batch := j.records[i:min(i+j.batch, len(j.records))]
		if err := fn(batch); err != nil {
			return err
		}
		*j.stored += uint64(len(batch))
	}
	return nil
}
