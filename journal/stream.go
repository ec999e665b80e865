package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lowsky"
)

const (
	streamName    = "LOWSKY_JOURNAL"
	streamSubject = "lowsky.journal"

	openTimeout    = 30 * time.Second
	requestTimeout = 5 * time.Second // the file store does not answer at all once a write has failed

	errCodeMaxBytes = 10077 // JSStreamStoreFailed with "maximum bytes exceeded" carries it
)

// stream is the one JetStream stream, with the connection to it and, where embedded, the server. The connection may be
// made anew at any time, so nobody keeps what link answers.
type stream struct {
	cfg    Config
	logger *slog.Logger

	mu  sync.Mutex
	srv *server.Server // nil on an outside server
	nc  *nats.Conn
	js  jetstream.JetStream
}

func openStream(cfg Config, logger *slog.Logger) (*stream, error) {
	s := &stream{cfg: cfg, logger: logger}
	if err := s.connect(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// connect starts the server where embedded, connects and makes the stream if it is not there. The caller holds mu or is
// alone.
func (s *stream) connect() error {
	opts := []nats.Option{
		nats.Name("lowsky journal"), nats.MaxReconnects(-1), nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectBufSize(-1), // never send later what was given up: the writer repeats it by itself
		nats.Timeout(5 * time.Second),
	}
	address := s.cfg.NATSURL
	if address == "" {
		srv, err := startServer(s.cfg.Dir, s.cfg.MaxBytes, s.logger)
		if err != nil {
			return err
		}
		s.srv = srv
		opts = append(opts, nats.InProcessServer(srv))
	}
	nc, err := nats.Connect(address, opts...)
	if err != nil {
		var unreadable *url.Error
		if errors.As(err, &unreadable) {
			// Its text has the whole address, password and all.
			return &lowsky.InvalidError{Field: "nats_url", Problem: "cannot be read as an address such as nats://user:password@host:4222"}
		}
		return fmt.Errorf("connect: %w: %w", lowsky.ErrUnavailable, err)
	}
	s.nc = nc
	if s.js, err = jetstream.New(nc); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	want := jetstream.StreamConfig{
		Name: streamName, Subjects: []string{streamSubject}, Description: "the order of the world; written by one Lowsky",
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		MaxBytes: s.cfg.MaxBytes, MaxMsgs: -1, MaxAge: 0, MaxMsgSize: -1,
		Replicas: max(1, s.cfg.Replicas), AllowDirect: true, DenyDelete: true,
	}
	st, err := s.js.CreateOrUpdateStream(ctx, want)
	if err != nil {
		return fmt.Errorf("stream %s: %w: %w", streamName, lowsky.ErrUnavailable, err)
	}
	have := st.CachedInfo().Config
	if have.Storage != want.Storage || have.Discard != want.Discard || have.MaxAge != 0 || have.PersistMode == jetstream.AsyncPersistMode {
		return fmt.Errorf("stream %s: the server keeps it otherwise than asked (storage %v, discard %v, age %v, persist %v)",
			streamName, have.Storage, have.Discard, have.MaxAge, have.PersistMode)
	}
	return nil
}

// reopen starts the embedded server anew. After an error of the disk it does not write again by itself, even when there
// is room again: the file store keeps the error, or JetStream turns itself off. To an outside server the client
// reconnects by itself.
func (s *stream) reopen() error {
	if s.cfg.NATSURL != "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut()
	return s.connect()
}

func (s *stream) link() (*nats.Conn, jetstream.JetStream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.nc == nil || s.js == nil {
		return nil, nil, fmt.Errorf("journal: not connected: %w", lowsky.ErrUnavailable)
	}
	return s.nc, s.js, nil
}

func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut()
}

func (s *stream) shut() {
	if s.nc != nil {
		s.nc.Close()
	}
	if s.srv != nil {
		stopServer(s.srv)
	}
	s.nc, s.js, s.srv = nil, nil, nil
}

// partBytes is how much of a body fits into one message.
func (s *stream) partBytes() int {
	nc, _, err := s.link()
	if err != nil || nc.MaxPayload() <= 0 {
		return batchBytes
	}
	const headers = 1024 // of NATS, and of the frame
	return int(min(batchBytes+frameHeader, max(nc.MaxPayload(), 4*headers)-headers))
}

// publish stores one message right after the stream message last, and answers its number. It can be repeated after any
// error: a message that was stored although its answer got lost is found to be there.
func (s *stream) publish(ctx context.Context, data []byte, last uint64) (uint64, error) {
	_, js, err := s.link()
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	msg := &nats.Msg{Subject: streamSubject, Data: data, Header: nats.Header{
		jetstream.ExpectedLastSeqHeader: []string{strconv.FormatUint(last, 10)},
		jetstream.ExpectedStreamHeader:  []string{streamName},
	}}
	ack, err := js.PublishMsg(ctx, msg, jetstream.WithRetryAttempts(0))
	if err == nil {
		return ack.Sequence, nil
	}
	var api *jetstream.APIError
	if !errors.As(err, &api) || api.ErrorCode != jetstream.JSErrCodeStreamWrongLastSequence && api.ErrorCode != jetstream.JSErrCodeStreamWrongLastSequenceConstant {
		return 0, err
	}
	state, serr := s.state(ctx)
	if serr != nil {
		return 0, serr
	}
	if state.LastSeq == last+1 {
		got, gerr := s.get(ctx, last+1)
		if gerr != nil {
			return 0, gerr
		}
		if bytes.Equal(got.data, data) {
			return last + 1, nil
		}
	}
	return 0, &positionError{want: last, have: state.LastSeq}
}

// positionError is a stream that does not end where this writer left it.
type positionError struct{ want, have uint64 }

func (e *positionError) Error() string {
	return fmt.Sprintf("the stream ends at message %d, not at %d", e.have, e.want)
}

func (s *stream) state(ctx context.Context) (jetstream.StreamState, error) {
	_, js, err := s.link()
	if err != nil {
		return jetstream.StreamState{}, err
	}
	st, err := js.Stream(ctx, streamName)
	if err != nil {
		return jetstream.StreamState{}, fmt.Errorf("stream %s: %w", streamName, err)
	}
	return st.CachedInfo().State, nil
}

// purge discards the stream messages before seq.
func (s *stream) purge(ctx context.Context, seq uint64) error {
	_, js, err := s.link()
	if err != nil {
		return err
	}
	st, err := js.Stream(ctx, streamName)
	if err != nil {
		return fmt.Errorf("purge: %w", err)
	}
	if err := st.Purge(ctx, jetstream.WithPurgeSequence(seq)); err != nil {
		return fmt.Errorf("purge: %w", err)
	}
	return nil
}

// get answers the first stream message at or after seq, ErrNotFound if there is none.
func (s *stream) get(ctx context.Context, seq uint64) (stored, error) {
	c := cursor{stream: s}
	defer c.close()
	got, err := c.fetch(ctx, nil, seq, 1, 1)
	if err != nil {
		return stored{}, err
	}
	if len(got) == 0 {
		return stored{}, fmt.Errorf("stream message %d: %w", seq, lowsky.ErrNotFound)
	}
	return got[0], nil
}

// end is where the journal ends.
type end struct {
	seq         uint64 // the newest record's; 0 when there is none
	at          time.Time
	message     uint64 // the newest stream message
	undecodable int    // messages after it that cannot be read
}

// spare is how many sequence numbers are skipped for a batch that cannot be read.
const spare = 1 << 20

// findEnd reads the newest complete batch. Parts of a record that was being written when the process ended are no
// record: nobody got a receipt for it.
func (s *stream) findEnd(ctx context.Context) (end, error) {
	state, err := s.state(ctx)
	if err != nil {
		return end{}, err
	}
	e := end{message: state.LastSeq}
	for seq := state.LastSeq; seq >= max(1, state.FirstSeq); seq-- {
		got, err := s.get(ctx, seq)
		if errors.Is(err, lowsky.ErrNotFound) {
			continue
		}
		if err != nil {
			return end{}, err
		}
		f, err := parseFrame(got.data)
		if err != nil {
			e.undecodable++
			continue
		}
		if f.part != f.parts-1 {
			continue
		}
		at, err := s.lastInstant(ctx, f, seq)
		if err != nil {
			e.undecodable++
			continue
		}
		e.seq, e.at = f.last, at
		break
	}
	e.seq += uint64(e.undecodable) * spare
	return e, nil
}

// lastInstant answers At of the newest record of the body that ends with message seq, whose frame is f.
func (s *stream) lastInstant(ctx context.Context, f frame, seq uint64) (time.Time, error) {
	if f.parts > 1 { // one record; its header is in the first part
		got, err := s.get(ctx, seq-uint64(f.part))
		if err != nil {
			return time.Time{}, err
		}
		first, err := parseFrame(got.data)
		if err != nil {
			return time.Time{}, err
		}
		if !first.sameBody(f) || len(first.chunk) < recordHeader {
			return time.Time{}, errFrame
		}
		return time.Unix(0, int64(binary.LittleEndian.Uint64(first.chunk[16:]))).UTC(), nil
	}
	records, err := new(bodyReader).parseBody(nil, f, f.chunk)
	if err != nil {
		return time.Time{}, err
	}
	return records[len(records)-1].At, nil
}
