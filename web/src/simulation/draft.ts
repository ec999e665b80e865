// The file that is to be flown, and with which seeds, as somebody chose, opened or changed it. No React.

import { Observable } from "../picture/observable";
import { FileRefused, type FileToFly, type SimulationRest } from "./rest";
import { MAX_RUNS, MAX_SEEDS, MAX_SOURCE_BYTES, SUITE, type ScenarioProblem, type ShippedScenario } from "./types";

export interface DraftState {
  /** "" while nothing is chosen. */
  name: string;
  /** What the server has under this name; null: it is somebody's own file. */
  shipped: string | null;
  text: string;
  /** null: not checked since it changed. */
  problems: ScenarioProblem[] | null;
  checking: boolean;
  error: unknown;
  first: string;
  count: string;
}

export type FileFault = "empty" | "tooLarge" | "notText";

const START: DraftState = { name: "", shipped: null, text: "", problems: null, checking: false, error: null, first: "1", count: "5" };

export class Draft {
  readonly state = new Observable<DraftState>(START);
  private turn = 0;

  constructor(private readonly rest: SimulationRest) {}

  private set(change: Partial<DraftState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }

  private file(name: string, shipped: string | null, text: string): void {
    this.turn++;
    this.set({ name, shipped, text, problems: null, checking: false, error: null });
  }

  pick(s: ShippedScenario): void {
    this.file(s.name, s.source ?? "", s.source ?? "");
  }

  pickSuite(): void {
    this.file(SUITE, "", "");
  }

  /** The file of a run that is shown, as it was flown. */
  take(name: string, source: string): void {
    this.file(name, null, source);
  }

  /** Reads a file from disk; answers why it cannot be one. */
  async open(f: Pick<File, "name" | "size" | "text">): Promise<FileFault | null> {
    if (f.size === 0) return "empty";
    if (f.size > MAX_SOURCE_BYTES) return "tooLarge";
    const text = await f.text();
    if (text.includes("\u0000") || text.includes("\ufffd")) return "notText";
    this.file(f.name, null, text.replace(/\r\n?/g, "\n"));
    return null;
  }

  edit(text: string): void {
    if (text === this.state.get().text) return;
    this.turn++;
    this.set({ text, problems: null, checking: false, error: null });
  }

  /** Back to the shipped text. */
  revert(): void {
    const { name, shipped } = this.state.get();
    if (shipped !== null) this.file(name, shipped, shipped);
  }

  seeds(change: { first?: string; count?: string }): void {
    this.set(change);
  }

  refused(problems: ScenarioProblem[]): void {
    this.set({ problems, checking: false });
  }

  /** Asks the server what is wrong with the file, without flying it. */
  async check(): Promise<void> {
    const mine = ++this.turn;
    this.set({ checking: true, error: null });
    try {
      const problems = await this.rest.lint(toFly(this.state.get()));
      if (mine === this.turn) this.set({ problems, checking: false });
    } catch (err) {
      if (mine !== this.turn) return;
      if (err instanceof FileRefused) this.refused(err.problems);
      else this.set({ checking: false, error: err });
    }
  }
}

/** Whether a shipped file was changed: then its text goes with it. */
export function changed(d: DraftState): boolean {
  return d.shipped !== null && d.text !== d.shipped;
}

export function toFly(d: DraftState): FileToFly {
  return d.shipped !== null && !changed(d) ? { name: d.name } : { name: d.name, source: d.text };
}

/** The seeds that are asked for; null where what was typed is none. */
export function seedsOf(d: Pick<DraftState, "first" | "count">): number[] | null {
  const whole = (s: string): number => (/^\d{1,15}$/.test(s.trim()) ? Number(s.trim()) : NaN);
  const [first, count] = [whole(d.first), whole(d.count)];
  if (!Number.isFinite(first) || !(count >= 1 && count <= MAX_SEEDS)) return null;
  return Array.from({ length: count }, (_, i) => first + i);
}

/** How many runs that is, and whether a server flies so many at once. */
export function runsOf(d: DraftState, files: number): { runs: number; ok: boolean } {
  const seeds = seedsOf(d);
  const runs = (seeds?.length ?? 0) * (d.name === SUITE && d.shipped !== null ? files : 1);
  return { runs, ok: runs > 0 && runs <= MAX_RUNS };
}

/** Problems by the line that they are in; those of an included file, or of no line, under 0. */
export function byLine(d: Pick<DraftState, "name" | "problems">): Map<number, ScenarioProblem[]> {
  const out = new Map<number, ScenarioProblem[]>();
  const own = (file: string): boolean => file === "" || file === d.name || d.name.endsWith(`/${file}`) || file.endsWith(`/${d.name}`);
  for (const p of d.problems ?? []) {
    const line = own(p.file) && p.line > 0 ? p.line : 0;
    out.set(line, [...(out.get(line) ?? []), p]);
  }
  return out;
}
