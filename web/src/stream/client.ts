// The websocket of the console: connects, reconnects with back-off, asks for a snapshot after a gap, and drops a
// connection that has gone quiet. It knows nothing of React or the map; a Sink takes what it reads.

import { decodeFrame, type Frame } from "./frame";
import { backoff } from "./backoff";
import { SequenceGate } from "./sequence";
import type { Hello, Snapshot, StreamEvent, StreamMessage, ViewBox } from "./messages";
import type { Health, TrackView } from "../vocabulary";

export interface Sink {
  hello(m: Hello): void;
  snapshot(m: Snapshot): void;
  event(m: StreamEvent): void;
  health(h: Health): void;
  track(t: TrackView): void;
  frame(f: Frame): void;
  /** The connection's condition changed. attempt counts reconnections since the last snapshot. */
  connection(state: ConnectionState, attempt: number): void;
  /** What this user may see is something else now; the connection comes back with it by itself. */
  scopeChanged?(): void;
}

export type ConnectionState = "connecting" | "live" | "resyncing" | "waiting" | "ended";

/** Server closes with these (docs/stream.md). */
const CLOSE_RESYNC = 4001;
const CLOSE_SESSION = 4003;
/** The reason of a CLOSE_RESYNC that is not for being slow. */
const SCOPE_CHANGED = "scope changed";

const QUIET_MS = 10_000; // health comes every second: this long without a word, the connection is dead
const RESYNC_MS = 5_000; // a snapshot that takes longer will not come

export class StreamClient {
  private socket: WebSocket | null = null;
  private gate = new SequenceGate();
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastWord = 0;
  private resyncSince: number | null = null;
  private view: ViewBox | null = null;
  private watched = "";
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly sink: Sink,
    /** Answers whether the session still holds: a refused handshake looks like any other failure to a browser. */
    private readonly sessionHolds: () => Promise<boolean>,
  ) {}

  start(): void {
    this.stopped = false;
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.drop();
  }

  /** Looks for a dead connection; called a few times a second by a timer that hidden tabs do not slow down. */
  check(now: number = performance.now()): void {
    if (!this.socket || this.stopped) return;
    const quiet = now - this.lastWord > QUIET_MS;
    const unmended = this.resyncSince !== null && now - this.resyncSince > RESYNC_MS;
    if (quiet || unmended) {
      this.drop();
      this.retry();
    }
  }

  /** Connects at once instead of waiting out the back-off: the tab came back, or a person asked. */
  hurry(): void {
    if (this.stopped || this.socket) return;
    clearTimeout(this.timer);
    this.connect();
  }

  setView(box: ViewBox): void {
    this.view = box;
    this.send({ type: "view", ...box });
  }

  watch(aircraft: string): void {
    this.watched = aircraft;
    this.send({ type: "watch", aircraft_id: aircraft });
  }

  private connect(): void {
    this.sink.connection(this.attempt === 0 ? "connecting" : "waiting", this.attempt);
    this.gate.reset();
    this.lastWord = performance.now();
    this.resyncSince = null;
    let opened = false;
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => {
      opened = true;
      if (this.view) this.send({ type: "view", ...this.view });
      if (this.watched) this.send({ type: "watch", aircraft_id: this.watched });
    };
    socket.onmessage = (e: MessageEvent<string | ArrayBuffer>) => {
      if (this.socket === socket) this.receive(e.data);
    };
    socket.onclose = (e) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (e.code === CLOSE_SESSION) this.end();
      else if (e.code === CLOSE_RESYNC) {
        this.connect();
        if (e.reason === SCOPE_CHANGED) this.sink.scopeChanged?.();
      }
      else if (!opened) void this.refused();
      else this.retry();
    };
  }

  private async refused(): Promise<void> {
    if (await this.sessionHolds()) this.retry();
    else this.end();
  }

  private end(): void {
    this.stopped = true;
    this.sink.connection("ended", this.attempt);
  }

  private retry(): void {
    if (this.stopped) return;
    this.attempt++;
    this.sink.connection("waiting", this.attempt);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), backoff(this.attempt));
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  private receive(data: string | ArrayBuffer): void {
    this.lastWord = performance.now();
    if (typeof data !== "string") {
      // A frame that cannot be read must not be mistaken for "nothing moved".
      try {
        this.sink.frame(decodeFrame(data));
      } catch (err) {
        console.error("position frame", err);
        this.resync();
      }
      return;
    }
    let m: StreamMessage;
    try {
      m = JSON.parse(data) as StreamMessage;
    } catch (err) {
      console.error("stream message", err);
      this.resync();
      return;
    }
    this.take(m);
  }

  private take(m: StreamMessage): void {
    switch (m.type) {
      case "hello":
        this.sink.hello(m);
        return;
      case "snapshot":
        this.gate.snapshot(m.seq);
        this.resyncSince = null;
        this.attempt = 0;
        this.sink.snapshot(m);
        this.sink.connection("live", 0);
        return;
      case "health":
        this.sink.health(m.health);
        return;
      case "track":
        this.sink.track(m.track);
        return;
      default: {
        if (typeof m.seq !== "number") return; // a kind from a newer server that needs no order
        const verdict = this.gate.event(m.seq);
        if (verdict === "apply") this.sink.event(m);
        else if (verdict === "resync") this.resync();
      }
    }
  }

  private resync(): void {
    if (this.resyncSince !== null) return;
    this.resyncSince = performance.now();
    this.sink.connection("resyncing", this.attempt);
    this.send({ type: "resync" });
  }

  private send(m: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(m));
  }
}
