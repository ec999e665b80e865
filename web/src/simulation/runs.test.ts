import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api";
import { Bench } from "./bench";
import { byLine, changed, runsOf, seedsOf, toFly } from "./draft";
import { card, simulation } from "./fixture";
import { FileRefused, whole, type SimulationRest } from "./rest";
import { RunBook } from "./runs";
import { SUITE, type Simulation } from "./types";

const ground = { hidden: () => false, onVisibility: () => () => undefined };

/** A server that keeps runs by their id. */
function server(...runs: Simulation[]) {
  const kept = new Map(runs.map((r) => [r.id, r]));
  const rest: SimulationRest = {
    scenarios: async () => [{ name: "base/flights/breach-circle.yaml", title: { zh: "闯入", en: "Breach" }, aircraft: 3, duration_s: 240, faults: ["graze"], rules: [], source: "scenario: breach-circle\n" }],
    list: async () => [...kept.values()].sort((a, b) => b.id - a.id).map((r) => (r.card ? whole({ ...r, card: { ...r.card, runs: null as never, rules: null as never, findings: null as never } }) : r)),
    one: vi.fn(async (id: number) => {
      const r = kept.get(id);
      if (!r) throw new Problem(404, "", "", "");
      return r;
    }),
    lint: async () => [],
    start: vi.fn(async (file, seeds) => {
      const r = simulation(kept.size + 1, { name: file.name, seeds, state: "running", runs_done: 0, runs: seeds.length });
      kept.set(r.id, r);
      return r;
    }),
    cancel: async (id) => void kept.set(id, { ...(kept.get(id) as Simulation), state: "cancelled" }),
  };
  return { rest, kept };
}

describe("the runs", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const settle = () => vi.advanceTimersByTimeAsync(0);

  it("show the newest first, with its whole card, and compare it with the one before of the same file", async () => {
    const { rest } = server(simulation(1, { card: card() }), simulation(2, { name: "other.yaml", card: card() }), simulation(3, { card: card() }));
    const book = new RunBook(rest, ground);
    book.start();
    await settle();
    expect(book.shown.get()).toMatchObject({ id: 3, error: null, reading: false });
    expect(book.shown.get().run?.card?.runs).toHaveLength(2);
    expect(book.list.get().runs?.map((r) => r.card?.runs)).toEqual([[], [], []]); // of the list only totals
    await settle();
    expect(book.other.get().run?.id).toBe(1);
    book.choose(2);
    await settle();
    expect(book.other.get().run?.id).toBe(2);
    book.choose("none");
    expect(book.other.get().run).toBeNull();
  });

  it("follow one that runs until its score is there", async () => {
    const { rest, kept } = server();
    const book = new RunBook(rest, ground);
    book.start();
    await settle();
    expect(book.shown.get().id).toBe(0);
    const run = await book.begin({ name: "a.yaml" }, [1, 2]);
    expect(book.shown.get()).toMatchObject({ id: run.id, run: { state: "running" } });
    kept.set(run.id, { ...run, runs_done: 1 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(book.shown.get().run?.runs_done).toBe(1);
    expect(book.list.get().runs?.[0]?.runs_done).toBe(1);
    kept.set(run.id, { ...run, state: "done", runs_done: 2, card: card() });
    await vi.advanceTimersByTimeAsync(1000);
    expect(book.shown.get().run).toMatchObject({ state: "done", card: { passed: false } });
    const asked = vi.mocked(rest.one).mock.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(vi.mocked(rest.one).mock.calls.length).toBe(asked);
  });

  it("say that the server is away, and keep what was known", async () => {
    const { rest, kept } = server(simulation(1, { state: "running", runs_done: 1 }));
    const book = new RunBook(rest, ground);
    book.start();
    await settle();
    const one = rest.one;
    rest.one = async () => { throw new Problem(0, "", "", ""); };
    await vi.advanceTimersByTimeAsync(1000);
    expect(book.away.get()).toBeInstanceOf(Problem);
    expect(book.shown.get().run?.runs_done).toBe(1);
    rest.one = one;
    kept.set(1, simulation(1, { state: "failed", problem: "died" }));
    await vi.advanceTimersByTimeAsync(2000);
    expect(book.away.get()).toBeNull();
    expect(book.shown.get().run?.state).toBe("failed");
  });

  it("cancel, and tell of one that is gone", async () => {
    const { rest, kept } = server(simulation(1, { state: "waiting" }));
    const book = new RunBook(rest, ground);
    book.start();
    await settle();
    await book.cancel(1);
    expect(book.shown.get().run?.state).toBe("cancelled");
    await book.show(7);
    expect(book.shown.get().error).toMatchObject({ status: 404 });
    kept.set(2, simulation(2, { state: "running" }));
    await book.reload();
    await book.show(2);
    kept.delete(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(book.shown.get()).toMatchObject({ id: 2, run: null, error: { status: 404 } });
    expect(book.list.get().runs?.some((r) => r.id === 2)).toBe(false);
  });

  it("show only what was asked for last", async () => {
    const { rest } = server(simulation(1, { card: card() }), simulation(2, { card: card() }));
    const late: (() => void)[] = [];
    const one = rest.one;
    rest.one = (id) => new Promise((ok, no) => late.push(() => void one(id).then(ok, no)));
    const book = new RunBook(rest, ground);
    void book.show(1);
    void book.show(2);
    late[1]?.();
    await settle();
    late[0]?.();
    await settle();
    expect(book.shown.get().run?.id).toBe(2);
  });
});

describe("the file to fly", () => {
  const bench = async (rest: SimulationRest) => {
    const b = new Bench(rest);
    await b.readScenarios();
    return b;
  };

  it("goes by its name while it is the shipped one, and with its text once it was changed", async () => {
    const b = await bench(server().rest);
    b.draft.pick((await server().rest.scenarios())[0] as never);
    expect(toFly(b.draft.state.get())).toEqual({ name: "base/flights/breach-circle.yaml" });
    b.draft.edit("scenario: mine\n");
    expect(changed(b.draft.state.get())).toBe(true);
    expect(toFly(b.draft.state.get())).toEqual({ name: "base/flights/breach-circle.yaml", source: "scenario: mine\n" });
    b.draft.revert();
    expect(changed(b.draft.state.get())).toBe(false);
  });

  it("is read from disk unless it cannot be one", async () => {
    const b = await bench(server().rest);
    const file = (name: string, text: string, size = text.length) => ({ name, size, text: async () => text });
    expect(await b.draft.open(file("e.yaml", ""))).toBe("empty");
    expect(await b.draft.open(file("l.yaml", "x", 2 << 20))).toBe("tooLarge");
    expect(await b.draft.open(file("p.png", "\ufffdPNG"))).toBe("notText");
    expect(b.draft.state.get().name).toBe("");
    expect(await b.draft.open(file("own.yaml", "a: 1\r\nb: 2\r\n"))).toBeNull();
    expect(toFly(b.draft.state.get())).toEqual({ name: "own.yaml", source: "a: 1\nb: 2\n" });
  });

  it("has seeds one after another, as many as a server flies", () => {
    expect(seedsOf({ first: "20261015", count: "3" })).toEqual([20261015, 20261016, 20261017]);
    for (const [first, count] of [["", "1"], ["-1", "1"], ["1.5", "2"], ["1", "0"], ["1", "51"], ["1", ""], ["1e3", "1"], ["9".repeat(16), "1"]]) expect(seedsOf({ first: first as string, count: count as string }), `${first} ${count}`).toBeNull();
    const d = { name: SUITE, shipped: "", text: "", problems: null, checking: false, error: null, first: "1", count: "50" };
    expect([runsOf(d, 100), runsOf(d, 101), runsOf({ ...d, name: "x.yaml", shipped: null }, 101)]).toEqual([{ runs: 5000, ok: true }, { runs: 5050, ok: false }, { runs: 50, ok: true }]);
  });

  it("that is refused is shown with its lines marked, and nothing is started", async () => {
    const s = server();
    s.rest.start = async () => { throw new FileRefused([{ file: "own.yaml", line: 3, field: "faults[0]", problem: "no such fault" }, { file: "common.yaml", line: 9, field: "noise", problem: "twice" }]); };
    const b = await bench(s.rest);
    await b.draft.open({ name: "own.yaml", size: 5, text: async () => "a: 1\n" });
    await b.fly();
    expect(b.looking.get().tab).toBe("file");
    expect(b.begun.get()).toEqual({ starting: false, error: null, refused: true });
    expect([...byLine(b.draft.state.get()).entries()].map(([line, p]) => [line, p.length])).toEqual([[3, 1], [0, 1]]);
    b.draft.edit("a: 2\n");
    expect(b.draft.state.get().problems).toBeNull(); // said of another text
  });

  it("is the one of the run that is shown, until somebody chooses", async () => {
    const b = await bench(server().rest);
    b.follow(simulation(4, { seeds: [7, 8, 9] }));
    expect(b.draft.state.get()).toMatchObject({ name: "base/flights/breach-circle.yaml", first: "7", count: "3" });
    b.follow(simulation(5, { name: SUITE }));
    expect(b.draft.state.get().name).toBe("base/flights/breach-circle.yaml");
  });

  it("is started once, whatever the haste, and never without a file", async () => {
    const s = server();
    const b = await bench(s.rest);
    await b.fly();
    expect(s.rest.start).not.toHaveBeenCalled();
    b.draft.pickSuite();
    await Promise.all([b.fly(), b.fly()]);
    expect(s.rest.start).toHaveBeenCalledTimes(1);
  });
});
