package simulator

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"lowsky/simulator/faults"
)

// ordered flies the patrol with commands; a is the aircraft.
func ordered(t testing.TB, d time.Duration, commands ...string) *watched {
	t.Helper()
	return watch(t, patrolling(t, "commands:\n  - {aircraft: a, "+strings.Join(commands, "}\n  - {aircraft: a, ")+"}\n"), 1, d)
}

func TestCommands(t *testing.T) {
	centre := newFrame(Point{114.31, 29.8})
	home := newFrame(Point{114.3, 29.8})
	second := func(w *watched, s int) (tr *Truth, from vec) {
		tr = w.truth(time.Duration(s) * time.Second)
		return tr, centre.vec(tr.Position)
	}
	t.Run("fly_to", func(t *testing.T) {
		w := ordered(t, 4*time.Minute, "command: fly_to, at: 60s, for: 60s, to: [114.313, 29.801], agl: 60, speed: 8")
		there := newFrame(Point{114.313, 29.801})
		if tr, _ := second(w, 119); there.vec(tr.Position).length() > 3 || math.Abs(tr.AGL-60) > 1 {
			t.Errorf("%.0f m from its place at %.0f m", there.vec(tr.Position).length(), tr.AGL)
		}
		if tr, _ := second(w, 75); tr.GroundSpeed > 8.1 {
			t.Errorf("flies there with %.1f m/s", tr.GroundSpeed)
		}
		if tr, v := second(w, 200); math.Abs(v.length()-200) > 6 || math.Abs(tr.AGL-80) > 1 {
			t.Errorf("is not back on its circle: %.0f m from the centre at %.0f m", v.length(), tr.AGL)
		}
	})
	t.Run("until another", func(t *testing.T) {
		w := ordered(t, 6*time.Minute, "command: fly_to, at: 60s, to: [114.313, 29.801], agl: 60, speed: 8", "command: return_home, at: 150s")
		if tr, _ := second(w, 149); newFrame(Point{114.313, 29.801}).vec(tr.Position).length() > 3 {
			t.Error("did not stay")
		}
		if tr, _ := second(w, 340); tr.Airborne || home.vec(tr.Position).length() > 3 {
			t.Errorf("is not on the ground at home: %+v", tr)
		}
	})
	t.Run("return_home", func(t *testing.T) {
		w := ordered(t, 16*time.Minute, "command: return_home, at: 60s, for: 10m")
		for _, s := range []int{300, 650} {
			if tr, _ := second(w, s); tr.Airborne || home.vec(tr.Position).length() > 3 || tr.AGL != 0 {
				t.Errorf("at %d s it is not on the ground at home: %+v", s, tr)
			}
		}
		if tr, _ := second(w, 720); !tr.Airborne {
			t.Error("a minute after the order has ended it is not in the air")
		}
	})
	t.Run("land", func(t *testing.T) {
		w := ordered(t, 8*time.Minute, "command: land, at: 60s, for: 2m")
		_, began := second(w, 60)
		tr, v := second(w, 179)
		if tr.Airborne || tr.AGL != 0 || v.sub(began).length() > 40 {
			t.Errorf("%.0f m from where it was told to land, %.0f m high", v.sub(began).length(), tr.AGL)
		}
		battery := tr.Battery
		if tr, v := second(w, 280); !tr.Airborne || math.Abs(v.length()-200) > 6 || tr.Battery > battery {
			t.Errorf("did not take its mission up again: %+v", tr)
		}
	})
	t.Run("hold", func(t *testing.T) {
		w := ordered(t, 4*time.Minute, "command: hold, at: 60s, for: 60s")
		_, at := second(w, 60)
		_, a := second(w, 80)
		tr, b := second(w, 119)
		if a.sub(b).length() > 0.5 || tr.GroundSpeed > 0.2 || a.sub(at).length() > 60 || math.Abs(tr.AGL-80) > 1 {
			t.Errorf("holds %.1f m off, %.1f m from where it was told to", a.sub(b).length(), a.sub(at).length())
		}
		if _, v := second(w, 180); math.Abs(v.length()-200) > 6 {
			t.Error("does not go on")
		}
	})
	t.Run("speed and climb_to", func(t *testing.T) {
		w := ordered(t, 4*time.Minute, "command: speed, at: 60s, for: 90s, speed: 5", "command: climb_to, at: 80s, for: 60s, agl: 110")
		tr, v := second(w, 110)
		if math.Abs(tr.GroundSpeed-5) > 0.3 || math.Abs(tr.AGL-110) > 1 || math.Abs(v.length()-200) > 6 {
			t.Errorf("flies with %.1f m/s at %.0f m, %.0f m from the centre", tr.GroundSpeed, tr.AGL, v.length())
		}
		if tr, _ := second(w, 170); math.Abs(tr.GroundSpeed-12) > 0.5 || math.Abs(tr.AGL-80) > 1 {
			t.Errorf("afterwards %.1f m/s at %.0f m", tr.GroundSpeed, tr.AGL)
		}
	})
}

// TestEveryCommandIsTested keeps this file complete.
func TestEveryCommandIsTested(t *testing.T) {
	for _, k := range faults.Commands {
		if !strings.Contains("fly_to return_home land hold speed climb_to", k.Name) {
			t.Errorf("command %s has no test", k.Name)
		}
	}
}

// TestAFaultIsStrongerThanACommand: who breaks off does not do what it is told.
func TestAFaultIsStrongerThanACommand(t *testing.T) {
	w := watch(t, patrolling(t, "commands:\n  - {aircraft: a, command: hold, at: 60s, for: 60s}\nfaults:\n  - {aircraft: a, fault: zone_breach, at: 70s, for: 40s, to: [114.312, 29.8]}\n"), 1, 2*time.Minute)
	f := newFrame(Point{114.312, 29.8})
	if d := f.vec(w.truth(109 * time.Second).Position).length(); d > 3 {
		t.Errorf("%.0f m from where the fault leads", d)
	}
}

// TestSchedule reads one with a repeat at every second, also where another fault hides the end of the first.
func TestSchedule(t *testing.T) {
	k, _ := faults.ByName("link_loss")
	e, _ := faults.ByName("emergency")
	a := &Aircraft{}
	s := &Scenario{Repeat: 60 * time.Second, Faults: []*Fault{
		{Kind: k, Aircraft: a, At: 10 * time.Second, For: 20 * time.Second},
		{Kind: e, Aircraft: a, At: 25 * time.Second, For: 10 * time.Second},
		{Kind: k, Aircraft: &Aircraft{}, At: 40 * time.Second, For: 10 * time.Second},
	}}
	list := s.scheduleOf(a, nil)
	for at := -5; at < 200; at++ {
		k := list.at(time.Duration(at) * time.Second)
		local := at % 60
		if mute, emergency := at >= 0 && local >= 10 && local < 30, at >= 0 && local >= 25 && local < 35; k.Mute != mute || k.Emergency != emergency {
			t.Errorf("at %d s mute %v, emergency %v", at, k.Mute, k.Emergency)
		}
	}
	var changes []time.Duration
	for at := time.Duration(0); at < 100*time.Second; at = list.changes(at) {
		changes = append(changes, at/time.Second)
	}
	if want := []time.Duration{0, 10, 25, 30, 35, 70, 85, 90, 95}; !slices.Equal(changes, want) {
		t.Errorf("changes at %v, want %v", changes, want)
	}
}
