import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StreamClient, type Sink } from "./client";

class FakeSocket {
  static OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  binaryType = "";
  sent: string[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((e: { data: unknown }) => void) | null = null;
  onclose: ((e: { code: number; reason?: string }) => void) | null = null;
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  send(s: string): void {
    this.sent.push(s);
  }
  close(): void {
    this.closed = true;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  say(m: object | ArrayBuffer): void {
    this.onmessage?.({ data: m instanceof ArrayBuffer ? m : JSON.stringify(m) });
  }
}

function sink() {
  return {
    hello: vi.fn(), snapshot: vi.fn(), event: vi.fn(), health: vi.fn(), track: vi.fn(), frame: vi.fn(), connection: vi.fn(),
  } satisfies Sink;
}

const newest = (): FakeSocket => FakeSocket.all[FakeSocket.all.length - 1]!;
const snapshot = (seq: number) => ({ type: "snapshot", seq, identities: [], alerts: [] });

describe("stream client", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    FakeSocket.all = [];
    vi.stubGlobal("WebSocket", FakeSocket);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it("sends the view again on every connection", () => {
    const c = new StreamClient("ws://x", sink(), async () => true);
    c.start();
    c.setView({ west: 1, south: 2, east: 3, north: 4 });
    newest().open();
    expect(JSON.parse(newest().sent[0]!)).toEqual({ type: "view", west: 1, south: 2, east: 3, north: 4 });
    newest().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(1000);
    expect(FakeSocket.all.length).toBe(2);
    newest().open();
    expect(newest().sent.length).toBe(1);
    c.stop();
  });

  it("comes back at once with another scope, and says so", () => {
    const s = { ...sink(), scopeChanged: vi.fn() };
    const c = new StreamClient("ws://x", s, async () => true);
    c.start();
    newest().open();
    newest().onclose?.({ code: 4001, reason: "re-sync" });
    expect([FakeSocket.all.length, s.scopeChanged.mock.calls.length]).toEqual([2, 0]);
    newest().open();
    newest().onclose?.({ code: 4001, reason: "scope changed" });
    expect([FakeSocket.all.length, s.scopeChanged.mock.calls.length]).toEqual([3, 1]);
    c.stop();
  });

  it("asks for a snapshot after a gap and drops the connection when none comes", () => {
    const s = sink();
    const c = new StreamClient("ws://x", s, async () => true);
    c.start();
    const first = newest();
    first.open();
    first.say(snapshot(1));
    first.say({ type: "gone", seq: 3, slot: 1, aircraft_id: "a" });
    expect(s.event).not.toHaveBeenCalled();
    expect(first.sent.map((m) => JSON.parse(m).type)).toContain("resync");
    expect(s.connection).toHaveBeenLastCalledWith("resyncing", 0);
    c.check(performance.now() + 6000);
    expect(first.closed).toBe(true);
    expect(s.connection).toHaveBeenLastCalledWith("waiting", 1);
    c.stop();
  });

  it("re-synchronises on a frame it cannot read instead of showing a still picture", () => {
    const s = sink();
    const c = new StreamClient("ws://x", s, async () => true);
    c.start();
    newest().open();
    newest().say(snapshot(1));
    newest().say(new ArrayBuffer(7));
    expect(newest().sent.map((m) => JSON.parse(m).type)).toContain("resync");
    c.stop();
  });

  it("drops a connection that has gone quiet", () => {
    const c = new StreamClient("ws://x", sink(), async () => true);
    c.start();
    const first = newest();
    first.open();
    first.say(snapshot(1));
    c.check(performance.now() + 9_000);
    expect(first.closed).toBe(false);
    c.check(performance.now() + 11_000);
    expect(first.closed).toBe(true);
    c.stop();
  });

  it("ends for good when the session has ended, by code or by a refused handshake", async () => {
    const s = sink();
    const c = new StreamClient("ws://x", s, async () => false);
    c.start();
    newest().open();
    newest().onclose?.({ code: 4003 });
    expect(s.connection).toHaveBeenLastCalledWith("ended", 0);
    const s2 = sink();
    const d = new StreamClient("ws://x", s2, async () => false);
    d.start();
    newest().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(0);
    expect(s2.connection).toHaveBeenLastCalledWith("ended", 0);
    const sockets = FakeSocket.all.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all.length).toBe(sockets);
  });

  it("counts events of kinds it does not know", () => {
    const s = sink();
    const c = new StreamClient("ws://x", s, async () => true);
    c.start();
    newest().open();
    newest().say(snapshot(1));
    newest().say({ type: "something_new", seq: 2 });
    newest().say({ type: "gone", seq: 3, slot: 1, aircraft_id: "a" });
    expect(s.event).toHaveBeenLastCalledWith(expect.objectContaining({ type: "gone" }));
    c.stop();
  });
});
