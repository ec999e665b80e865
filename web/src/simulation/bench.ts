// What the parts of the page share: the runs, the file to fly, and what is selected in the score.

import { createContext, useContext } from "react";
import { Observable } from "../picture/observable";
import { Draft, seedsOf, toFly } from "./draft";
import { rowKey } from "./format";
import { FileRefused, rest, type SimulationRest } from "./rest";
import { RunBook } from "./runs";
import { SUITE, type ScoreFinding, type Scorecard, type ScoreLine, type ScoredRun, type ShippedScenario, type Simulation } from "./types";

export type Tab = "score" | "file";

export interface Looking {
  tab: Tab;
  /** Which of the card's runs the time line shows. */
  run: number;
  /** A row of the score (rowKey), "" for none: its findings are listed. */
  row: string;
  /** Index in the card's findings, −1 for none. */
  finding: number;
}

const NOWHERE: Looking = { tab: "score", run: 0, row: "", finding: -1 };

export interface ScenariosState {
  files: ShippedScenario[] | null;
  error: unknown;
}

export interface Begun {
  starting: boolean;
  error: unknown;
  /** The file had problems when it was to be flown. */
  refused: boolean;
}

export class Bench {
  readonly book: RunBook;
  readonly draft: Draft;
  readonly scenarios = new Observable<ScenariosState>({ files: null, error: null });
  readonly looking = new Observable<Looking>(NOWHERE);
  readonly begun = new Observable<Begun>({ starting: false, error: null, refused: false });

  constructor(private readonly server: SimulationRest = rest) {
    this.book = new RunBook(server);
    this.draft = new Draft(server);
  }

  start(): void {
    this.book.start();
    void this.readScenarios();
  }

  stop(): void {
    this.book.stop();
  }

  /** Until somebody chooses another file, the one of the run that is shown is the one to fly. */
  follow(run: Simulation): void {
    if (this.draft.state.get().name !== "") return;
    this.take(run);
    const [first = 1] = run.seeds;
    if (run.seeds.every((s, i) => s === first + i)) this.draft.seeds({ first: String(first), count: String(Math.max(1, run.seeds.length)) });
  }

  /** Puts the file of a run up for the next one; false: its text is not known. */
  take(run: Simulation): boolean {
    const shipped = run.uploaded ? undefined : this.scenarios.get().files?.find((f) => f.name === run.name);
    if (run.source) this.draft.take(run.name, run.source);
    else if (shipped) this.draft.pick(shipped);
    else if (run.name === SUITE && !run.uploaded) this.draft.pickSuite();
    else return false;
    return true;
  }

  async readScenarios(): Promise<void> {
    try {
      this.scenarios.set({ files: await this.server.scenarios(), error: null });
      const { run } = this.book.shown.get();
      if (run) this.follow(run);
    } catch (err) {
      this.scenarios.set({ ...this.scenarios.get(), error: err });
    }
  }

  look(change: Partial<Looking>): void {
    this.looking.set({ ...this.looking.get(), ...change });
  }

  /** Another card is shown: its first finding, in the run where it is. */
  opened(card: Scorecard | undefined, finding = 0): void {
    const at = card && finding < card.findings.length ? finding : -1;
    this.looking.set({ ...NOWHERE, finding: at, run: card ? runOf(card, card.findings[at]) : 0 });
  }

  openFinding(card: Scorecard, finding: number): void {
    const f = card.findings[finding];
    if (f) this.look({ finding, run: runOf(card, f), tab: "score" });
  }

  /** Flies the chosen file. A file that is refused is shown with its lines marked. */
  async fly(): Promise<void> {
    const d = this.draft.state.get();
    const seeds = seedsOf(d);
    if (!d.name || !seeds || this.begun.get().starting) return;
    this.begun.set({ starting: true, error: null, refused: false });
    try {
      await this.book.begin(toFly(d), seeds);
      this.draft.refused([]);
      this.look({ tab: "score" });
      this.begun.set({ starting: false, error: null, refused: false });
    } catch (err) {
      if (err instanceof FileRefused) {
        this.draft.refused(err.problems);
        this.look({ tab: "file" });
        this.begun.set({ starting: false, error: null, refused: true });
      } else this.begun.set({ starting: false, error: err, refused: false });
    }
  }
}

/** The card's run that a finding is of; 0 where it has none. */
export function runOf(card: Scorecard, f: ScoreFinding | undefined): number {
  return Math.max(0, f ? card.runs.findIndex((r) => r.scenario === f.scenario && r.seed === f.seed) : worst(card));
}

/** The run with the most to look at. */
function worst(card: Scorecard): number {
  return card.runs.reduce((best, r, i) => (bad(r) > bad(card.runs[best] as ScoredRun) ? i : best), 0);
}

export function bad(r: ScoredRun): number {
  return r.missed + r.false_alerts;
}

/** The finding that a line of the time line is; −1: there is nothing to find in it. */
export function findingOf(card: Scorecard, run: ScoredRun, line: ScoreLine): number {
  const same = (a: { kind?: string; id?: string } | undefined, b: { kind?: string; id?: string } | undefined): boolean => (a?.kind ?? "") === (b?.kind ?? "") && (a?.id ?? "") === (b?.id ?? "");
  const fits = card.findings.flatMap((f, i) =>
    f.scenario === run.scenario && f.seed === run.seed && rowKey(f) === rowKey(line) && f.result === line.result && same(f.object, line.object) && same(f.subject, line.subject) ? [i] : []);
  const near = (i: number): number => Math.abs((card.findings[i]?.from_ns ?? 0) - line.from_ns);
  return fits.sort((a, b) => near(a) - near(b))[0] ?? -1;
}

export const BenchContext = createContext<{ bench: Bench; mayRun: boolean } | null>(null);

export function useBench(): { bench: Bench; mayRun: boolean } {
  const b = useContext(BenchContext);
  if (!b) throw new Error("outside of the simulation page");
  return b;
}
