// The runs that testers started: the list, the one that is shown, the one it is compared with, and the looks at those that
// are under way. No React.

import { Problem } from "../api";
import { Observable } from "../picture/observable";
import { previousOf } from "./compare";
import { Poller, page, type Ground } from "./poll";
import type { FileToFly, SimulationRest } from "./rest";
import { active, type Simulation } from "./types";

const KEPT = 200;

export interface ListState {
  runs: Simulation[] | null;
  error: unknown;
}

export interface ShownState {
  /** 0: none. */
  id: number;
  run: Simulation | null;
  error: unknown;
  reading: boolean;
}

/** What a run is compared with: "auto" the previous one of the same file. */
export type Choice = "auto" | "none" | number;

export interface OtherState {
  choice: Choice;
  run: Simulation | null;
  error: unknown;
}

const NOTHING: ShownState = { id: 0, run: null, error: null, reading: false };

export class RunBook {
  readonly list = new Observable<ListState>({ runs: null, error: null });
  readonly shown = new Observable<ShownState>(NOTHING);
  readonly other = new Observable<OtherState>({ choice: "auto", run: null, error: null });
  /** The server was not reached when running simulations were looked at; what is shown may be old. */
  readonly away = new Observable<unknown>(null);
  private readonly poller: Poller;
  private turn = 0;
  private otherTurn = 0;

  constructor(private readonly rest: SimulationRest, ground: Ground = page) {
    this.poller = new Poller(() => this.underWay().length > 0, () => this.look(), (failures, error) => this.away.set(failures > 0 ? error : null), ground);
  }

  start(): void {
    this.poller.start();
    void this.reload();
  }

  stop(): void {
    this.turn++;
    this.otherTurn++;
    this.poller.stop();
  }

  async reload(): Promise<void> {
    try {
      const runs = await this.rest.list(KEPT);
      // A card that was read in full is not given back for the list's.
      this.list.set({ runs, error: null });
      const s = this.shown.get();
      if (s.id === 0) {
        const first = runs.find((r) => active(r)) ?? runs[0];
        if (first) void this.show(first.id);
      } else this.compare();
      this.poller.wake();
    } catch (err) {
      this.list.set({ ...this.list.get(), error: err });
    }
  }

  /** Opens a run. What is known of it from the list is there at once. */
  async show(id: number): Promise<void> {
    const before = this.shown.get();
    if (id === before.id && before.run && !before.error) return;
    const mine = ++this.turn;
    const known = this.list.get().runs?.find((r) => r.id === id) ?? null;
    this.shown.set({ id, run: known && known.state !== "done" ? known : null, error: null, reading: id !== 0 });
    if (id === 0) return;
    try {
      const run = await this.rest.one(id);
      if (mine === this.turn) this.took(run);
    } catch (err) {
      if (mine === this.turn) this.shown.set({ id, run: this.shown.get().run, error: err, reading: false });
    }
  }

  /** Begins a run and opens it. Throws what the server refused. */
  async begin(file: FileToFly, seeds: number[]): Promise<Simulation> {
    const run = await this.rest.start(file, seeds);
    this.turn++;
    this.replace(run);
    this.shown.set({ id: run.id, run, error: null, reading: false });
    this.poller.wake();
    return run;
  }

  async cancel(id: number): Promise<void> {
    await this.rest.cancel(id);
    const run = await this.rest.one(id);
    this.replace(run);
    if (this.shown.get().id === id) this.took(run);
  }

  choose(choice: Choice): void {
    this.other.set({ choice, run: null, error: null });
    this.compare();
  }

  /** Looks at what is under way at once. */
  lookNow(): void {
    this.poller.now();
  }

  private underWay(): number[] {
    const { id, run } = this.shown.get();
    const ids = (this.list.get().runs ?? []).filter(active).map((r) => r.id);
    return run && active(run) && !ids.includes(id) ? [...ids, id] : ids;
  }

  private async look(): Promise<void> {
    for (const id of this.underWay()) {
      let run: Simulation;
      try {
        run = await this.rest.one(id);
      } catch (err) {
        if (!(err instanceof Problem) || err.status !== 404) throw err;
        this.drop(id); // removed to keep the newest
        continue;
      }
      this.replace(run);
      if (this.shown.get().id === id) this.took(run);
    }
  }

  private took(run: Simulation): void {
    const ended = this.shown.get().run;
    this.shown.set({ id: run.id, run, error: null, reading: false });
    if (!ended || active(ended) || ended.id !== run.id) this.compare();
    this.poller.wake();
  }

  private replace(run: Simulation): void {
    const { runs, error } = this.list.get();
    const rest = (runs ?? []).filter((r) => r.id !== run.id);
    this.list.set({ runs: [...rest, run].sort((a, b) => b.id - a.id), error });
  }

  private drop(id: number): void {
    const { runs, error } = this.list.get();
    this.list.set({ runs: (runs ?? []).filter((r) => r.id !== id), error });
    if (this.shown.get().id === id) this.shown.set({ id, run: null, error: new Problem(404, "", "", ""), reading: false });
  }

  private compare(): void {
    const { choice } = this.other.get();
    const run = this.shown.get().run;
    const mine = ++this.otherTurn;
    const id = choice === "auto" ? (run?.card ? previousOf(run, this.list.get().runs ?? [])?.id ?? 0 : 0) : choice === "none" ? 0 : choice;
    if (id === 0 || !run?.card || id === run.id) {
      this.other.set({ choice, run: null, error: null });
      return;
    }
    if (this.other.get().run?.id === id) return;
    this.rest.one(id).then(
      (r) => mine === this.otherTurn && this.other.set({ choice, run: r, error: null }),
      (err: unknown) => mine === this.otherTurn && this.other.set({ choice, run: null, error: err }),
    );
  }
}
