package journal

import "time"

// Level is the one word for the state of the journal.
type Level string

const (
	LevelOK   Level = "ok"
	LevelSlow Level = "slow" // 70 % of what may wait, or of the disk's share, is used, or writing fails at present
	LevelFull Level = "full" // records are refused: QoS 1 is not acknowledged, QoS 0 is counted as lost
)

// State is how the journal is.
type State struct {
	Level Level
	// Last is the newest sequence number given, Head the newest safe on disk, Consumed the newest that PostgreSQL has.
	Last, Head, Consumed uint64
	BacklogRecords       int
	BacklogBytes         int64
	// StreamBytes of MaxBytes are used on the disk, as of the last look.
	StreamBytes, MaxBytes int64
	// Refused counts device messages that were not taken since the start, RefusedOther everything else.
	Refused, RefusedOther uint64
	// Trouble is why writing fails at present, "" when it does not; Since is when that began, on the records' clock.
	Trouble string
	Since   time.Time
}

// trouble is a run of failed writes.
type trouble struct {
	err   error
	since time.Time
}

func (t *trouble) begin(err error, now time.Time) {
	if t.err == nil {
		t.since = now
	}
	t.err = err
}

func (t *trouble) over() { *t = trouble{} }

// State answers how the journal is now. It is cheap.
func (l *Log) State() State {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := State{
		Level: LevelOK, Last: l.last, Head: l.head, Consumed: l.consumed,
		BacklogRecords: l.backRecords, BacklogBytes: l.backBytes, StreamBytes: l.streamBytes, MaxBytes: l.cfg.MaxBytes,
		Refused: l.refused - l.refusedOther, RefusedOther: l.refusedOther,
	}
	if l.trouble.err != nil {
		s.Trouble, s.Since = l.trouble.err.Error(), l.trouble.since
	}
	switch {
	case l.gap.Count > 0 || l.closing,
		l.backBytes >= l.cfg.MaxBacklogBytes || l.backRecords >= l.cfg.MaxBacklogRecords:
		s.Level = LevelFull
	case s.Trouble != "",
		float64(l.backBytes) >= alarmShare*float64(l.cfg.MaxBacklogBytes),
		float64(l.backRecords) >= alarmShare*float64(l.cfg.MaxBacklogRecords),
		float64(l.streamBytes) >= diskAlarmShare*float64(l.cfg.MaxBytes):
		s.Level = LevelSlow
	}
	return s
}
