package airspace

import (
	"math"
	"testing"

	"lowsky"
)

// vincenty is the inverse problem after T. Vincenty (1975): to 0.5 mm wherever it converges. The yardstick of Distance.
func vincenty(aLon, aLat, bLon, bLat float64) float64 {
	const a, f = semiMajor, flattening
	b := a * (1 - f)
	u1, u2 := math.Atan((1-f)*math.Tan(aLat*radian)), math.Atan((1-f)*math.Tan(bLat*radian))
	su1, cu1 := math.Sincos(u1)
	su2, cu2 := math.Sincos(u2)
	l := wrapDegrees(bLon-aLon) * radian
	lambda := l
	var sinS, cosS, sigma, cos2a, cos2m float64
	for range 200 {
		sl, cl := math.Sincos(lambda)
		sinS = math.Hypot(cu2*sl, cu1*su2-su1*cu2*cl)
		if sinS == 0 {
			return 0
		}
		cosS = su1*su2 + cu1*cu2*cl
		sigma = math.Atan2(sinS, cosS)
		sinA := cu1 * cu2 * sl / sinS
		cos2a = 1 - sinA*sinA
		cos2m = 0
		if cos2a > 1e-12 {
			cos2m = cosS - 2*su1*su2/cos2a
		}
		c := f / 16 * cos2a * (4 + f*(4-3*cos2a))
		was := lambda
		lambda = l + (1-c)*f*sinA*(sigma+c*sinS*(cos2m+c*cosS*(-1+2*cos2m*cos2m)))
		if math.Abs(lambda-was) < 1e-13 {
			break
		}
	}
	w2 := cos2a * (a*a - b*b) / (b * b)
	ca := 1 + w2/16384*(4096+w2*(-768+w2*(320-175*w2)))
	cb := w2 / 1024 * (256 + w2*(-128+w2*(74-47*w2)))
	d := cb * sinS * (cos2m + cb/4*(cosS*(-1+2*cos2m*cos2m)-cb/6*cos2m*(-3+4*sinS*sinS)*(-3+4*cos2m*cos2m)))
	return b * ca * (sigma - d)
}

func TestDistanceKeepsItsBounds(t *testing.T) {
	// A published line: Flinders Peak to Buninyon, 54 972.271 m (GDA technical manual).
	if d := vincenty(144.4248679, -37.9510334, 143.9264955, -37.6528211); math.Abs(d-54972.271) > 0.1 {
		t.Fatalf("the yardstick is wrong: %v", d)
	}
	s := newScene(20, 0, 0, 1)
	for range 20_000 {
		lat, lon := s.between(-70, 70), s.between(-180, 180)
		reach := math.Pow(10, s.between(0, 5))
		p := position(lon, lat)
		q := Offset(p, lowsky.Degrees(s.between(0, 360)), lowsky.Metres(reach))
		if math.Abs(float64(q.Latitude)) > 70 {
			continue
		}
		got, want := float64(Distance(p, q)), vincenty(lon, lat, float64(q.Longitude), float64(q.Latitude))
		bound := 1e-4 * want
		if want <= 10_000 {
			bound = 1e-6*want + 1e-6
		}
		if math.Abs(got-want) > bound {
			t.Fatalf("%v to %v: %v, want %v ± %v", p, q, got, want, bound)
		}
		if want <= 10_000 && math.Abs(want-reach) > 0.011 {
			t.Fatalf("Offset %v from %v is %v away", reach, p, want)
		}
	}
	for range 5000 {
		a, b := position(s.between(-180, 180), s.between(-89, 89)), position(s.between(-180, 180), s.between(-89, 89))
		want := vincenty(float64(a.Longitude), float64(a.Latitude), float64(b.Longitude), float64(b.Latitude))
		if want > 10e6 || want < 150_000 {
			continue
		}
		if got := float64(Distance(a, b)); math.Abs(got-want) > 50 {
			t.Fatalf("%v to %v: %v, want %v", a, b, got, want)
		}
	}
	// The sphere of radius 6 378 137 m is 0.4 % off along the meridian here; we must not be.
	if got := Distance(position(114.3, 29.8), position(114.3, 29.9)); !near(got, 11084.6, 1) {
		t.Errorf("0.1° of latitude at 29.85° N is %v m", got)
	}
}

func TestCourseAndOffset(t *testing.T) {
	p := position(114.3, 29.8)
	for c := 0.0; c < 360; c += 7.5 {
		for _, d := range []float64{1, 500, 9000} {
			q := Offset(p, lowsky.Degrees(c), lowsky.Metres(d))
			if got := float64(Course(p, q)); math.Abs(wrapDegrees(got-c)) > 0.001 {
				t.Errorf("course %v over %v m comes back as %v", c, d, got)
			}
		}
	}
	if c := Course(p, p); c != 0 {
		t.Errorf("course to the same place: %v", c)
	}
	if c := Course(position(179.99, 0), position(-179.99, 0)); math.Abs(float64(c)-90) > 1e-9 {
		t.Errorf("course over ±180°: %v", c)
	}
	if q := Offset(position(179.999, 10), 90, 1000); q.Longitude > -179 {
		t.Errorf("offset over ±180°: %v", q)
	}
	if q := Offset(agl(p, 50), 10, 5); q.AGL != lowsky.Some(lowsky.Metres(50)) {
		t.Errorf("heights are kept: %+v", q)
	}
}
