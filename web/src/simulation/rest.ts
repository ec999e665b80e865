// The REST operations of simulations.

import { Problem, call } from "../api";
import type { ScenarioProblem, Scorecard, ShippedScenario, Simulation } from "./types";

/** What is to be flown: a shipped file by its name, or a file's own text. */
export interface FileToFly {
  name: string;
  source?: string;
}

export interface SimulationRest {
  scenarios(): Promise<ShippedScenario[]>;
  list(limit: number): Promise<Simulation[]>;
  one(id: number): Promise<Simulation>;
  lint(file: FileToFly): Promise<ScenarioProblem[]>;
  start(file: FileToFly, seeds: number[]): Promise<Simulation>;
  cancel(id: number): Promise<void>;
}

/** The file was refused before anything flew. */
export class FileRefused extends Error {
  constructor(readonly problems: ScenarioProblem[]) {
    super(problems.map((p) => `${p.file}:${p.line}: ${p.field}: ${p.problem}`).join("\n"));
  }
}

/** Checks of files are made one after the other, each within 20 s. */
const LOOK_MS = 60_000;

const at = (id: number): string => `/simulations/${id}`;

export const rest: SimulationRest = {
  async scenarios() {
    const a = await call<{ scenarios?: ShippedScenario[] | null }>("GET", "/simulations/scenarios", undefined, false, {}, LOOK_MS);
    return (a?.scenarios ?? []).map((s) => ({ ...s, faults: s.faults ?? [], rules: s.rules ?? [] }));
  },
  async list(limit) {
    const a = await call<{ simulations?: Simulation[] | null }>("GET", `/simulations?limit=${limit}`);
    return (a?.simulations ?? []).map(whole);
  },
  async one(id) {
    return whole(await call<Simulation>("GET", at(id)));
  },
  async lint(file) {
    return (await call<{ problems?: ScenarioProblem[] | null }>("POST", "/simulations/lint", file, false, {}, LOOK_MS))?.problems ?? [];
  },
  async start(file, seeds) {
    try {
      return whole(await call<Simulation>("POST", "/simulations", { ...file, seeds }, false, {}, LOOK_MS));
    } catch (err) {
      const problems = err instanceof Problem ? err.more["problems"] : undefined;
      if (Array.isArray(problems) && problems.length > 0) throw new FileRefused(problems as ScenarioProblem[]);
      throw err;
    }
  },
  async cancel(id) {
    await call("POST", `${at(id)}/cancel`, {});
  },
};

export const cardFile = (id: number): string => `/api/v1${at(id)}/card`;
export const reportFile = (id: number, language: string): string => `/api/v1${at(id)}/report?lang=${language}`;

/** Empty lists are null on the wire, and a card in a list lacks nearly everything. */
export function whole(s: Simulation): Simulation {
  return { ...s, uploaded: s.uploaded === true, seeds: s.seeds ?? [], ...(s.card ? { card: wholeCard(s.card) } : {}) };
}

function wholeCard(c: Scorecard): Scorecard {
  return {
    ...c, packs: c.packs ?? [], seeds: c.seeds ?? [], runs: c.runs ?? [], rules: c.rules ?? [], gates: c.gates ?? [], findings: c.findings ?? [], faults: c.faults ?? [],
    finding_count: c.finding_count ?? c.findings?.length ?? 0,
  };
}
