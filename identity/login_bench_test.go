package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"lowsky"
)

// BenchmarkLogins asks what 20 sign-ins a second do to a picture beside them. A probe stands for it: every 10 ms it
// wakes and works for 1 ms, beside 128 MB of live pointers and garbage that comes at 20 MB/s, and notes how much later
// than it should it was done. Without sign-ins, with them hashed in a process of their own, and hashed in this one: in
// turn, five rounds in one run, so that what else the machine does falls on all three.
//
//	go test ./identity -run '^$' -bench Logins -benchtime 1x
func BenchmarkLogins(b *testing.B) {
	const rate, rounds, round = 20, 5, 3 * time.Second
	heap := live()
	variants := []struct {
		name string
		gate *Gate
	}{{"none", nil}, {"apart", loginGate(b, hashCommand(b))}, {"inside", loginGate(b, nil)}}
	defer variants[1].gate.Close()
	for b.Loop() {
		late := map[string][]time.Duration{}
		signedIn := map[string]int{}
		for range rounds {
			for _, v := range variants {
				ctx, cancel := context.WithTimeout(b.Context(), round)
				var wg sync.WaitGroup
				wg.Go(func() { litter(ctx) })
				if v.gate != nil {
					wg.Go(func() { signedIn[v.name] += logins(ctx, b, v.gate, rate) })
				}
				late[v.name] = append(late[v.name], probe(ctx)...)
				cancel()
				wg.Wait()
			}
		}
		for _, v := range variants {
			l := late[v.name]
			slices.Sort(l)
			for what, q := range map[string]float64{"p50": .5, "p99": .99, "max": 1} {
				b.ReportMetric(float64(l[int(float64(len(l)-1)*q)].Microseconds())/1000, v.name+"_"+what+"_ms")
			}
			if v.gate != nil {
				b.ReportMetric(float64(signedIn[v.name])/(rounds*round.Seconds()), v.name+"_logins/s")
			}
		}
	}
	if heap == nil {
		b.Fatal("collected")
	}
}

type liveNode struct {
	next *liveNode
	pad  [7]uint64
}

func live() (last *liveNode) {
	for range 2_000_000 {
		last = &liveNode{next: last}
	}
	return last
}

var rubbish [][]byte

func litter(ctx context.Context) {
	t := time.NewTicker(time.Millisecond)
	defer t.Stop()
	for ctx.Err() == nil {
		<-t.C
		if len(rubbish) > 100 {
			rubbish = nil
		}
		rubbish = append(rubbish, make([]byte, 20_000))
	}
}

// probe answers how late each piece of work was done.
func probe(ctx context.Context) (late []time.Duration) {
	next := time.Now().Add(10 * time.Millisecond)
	for ctx.Err() == nil {
		time.Sleep(time.Until(next))
		for began, x := time.Now(), 0; time.Since(began) < time.Millisecond; {
			for i := range 500 {
				x += i
			}
		}
		late = append(late, time.Since(next)-time.Millisecond)
		for next = next.Add(10 * time.Millisecond); time.Now().After(next); {
			next = next.Add(10 * time.Millisecond)
		}
	}
	return late
}

func loginGate(b *testing.B, command []string) *Gate {
	bk := newBook()
	g, err := New(Config{
		Users: bk, Tokens: bk, Audit: bk, Sessions: bk, Organisations: bk, HashCommand: command, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	hash, err := g.hasher.hash(b.Context(), password) // at the real setting
	if err != nil {
		b.Fatal(err)
	}
	bk.users["admin"] = lowsky.User{Username: "admin", PasswordHash: hash, Roles: []lowsky.Role{lowsky.CityAdministrator}, Organisation: "xianning"}
	return g
}

// logins signs in at a rate, whether or not the one before has come through, and answers how many were in time.
func logins(ctx context.Context, b *testing.B, g *Gate, rate int) (n int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	t := time.NewTicker(time.Second / time.Duration(rate))
	defer t.Stop()
	for i := 0; ctx.Err() == nil; i++ {
		<-t.C
		wg.Go(func() {
			_, _, err := g.SignIn(context.WithoutCancel(ctx), time.Now(), Credentials{Username: "admin", Password: password, From: fmt.Sprintf("10.0.%d.%d", i/250, i%250)})
			if err != nil && !errors.Is(err, lowsky.ErrUnavailable) { // too many at once: not in time
				b.Error(err)
			}
			if err == nil && ctx.Err() == nil {
				mu.Lock()
				n++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return n
}
