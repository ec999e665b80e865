import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeAll, describe, expect, it } from "vitest";
import type { User } from "../api";
import { DeskContext, type Desk } from "../console/desk";
import { Rail } from "../console/Rail";
import type { Page } from "../console/url";
import { startI18n } from "../i18n";
import { Observable } from "../picture/observable";
import { BenchContext, Bench } from "./bench";
import { card, simulation } from "./fixture";
import { RunHead } from "./RunHead";
import { ScenarioPane } from "./ScenarioPane";
import { ScorePane } from "./ScorePane";
import { SourceView } from "./SourceView";
import type { SimulationRest } from "./rest";
import { addSimulationWords } from "./words";

beforeAll(async () => {
  Object.assign(globalThis, { document: { documentElement: { lang: "" }, visibilityState: "visible" }, navigator: { platform: "" }, matchMedia: () => ({ matches: true }) });
  await startI18n("zh");
  addSimulationWords();
});

const never = (): Promise<never> => new Promise(() => undefined);
const rest: SimulationRest = { scenarios: never, list: never, one: never, lint: never, start: never, cancel: never };
const desk = (...permissions: string[]): Desk => ({ user: { name: "x", permissions } as User, page: new Observable<Page>("simulation"), simulation: new Observable({ run: 0, finding: -1 }) }) as unknown as Desk;
const render = (d: Desk, what: React.ReactNode): string => renderToStaticMarkup(createElement(DeskContext, { value: d }, what));

describe("who may read simulations", () => {
  it("has the way there in the rail, and nobody else", () => {
    expect(render(desk("simulations.read"), createElement(Rail))).toContain('data-testid="rail-simulation"');
    for (const none of [desk(), desk("simulations.run", "platform.read", "audit.read")]) expect(render(none, createElement(Rail))).not.toContain("rail-simulation");
  });

  it("is told why when the page is opened by its address", async () => {
    const { default: SimulationPage } = await import("./SimulationPage"); // it adds its words to those of the console
    const out = render(desk("platform.read"), createElement(SimulationPage));
    expect(out).toContain('data-testid="simulation-refused"');
    expect(out).toContain("没有打开仿真页的权限");
    expect(out).not.toContain('data-testid="simulation"');
  });
});

describe("who may run simulations", () => {
  const bench = new Bench(rest);
  bench.book.shown.set({ id: 3, run: simulation(3, { state: "running", runs_done: 1 }), error: null, reading: false });
  bench.draft.take("own.yaml", "a: 1\n");
  const page = (mayRun: boolean): string => {
    const parts = [createElement(ScenarioPane, { key: 1, fault: null, onFile: () => undefined }), createElement(RunHead, { key: 2 }), createElement(SourceView, { key: 3 })];
    return render(desk("simulations.read"), createElement(BenchContext, { value: { bench, mayRun } }, parts));
  };
  const CONTROLS = ["simulation-run", "simulation-open", "simulation-lint", "simulation-first", "simulation-cancel"];

  it("has every control of it", () => {
    const out = page(true);
    for (const id of CONTROLS) expect(out, id).toContain(`data-testid="${id}"`);
    expect(out).not.toContain("readonly");
  });

  it("and who may not has none, but the file to read and the word why", () => {
    const out = page(false);
    for (const id of CONTROLS) expect(out, id).not.toContain(`data-testid="${id}"`);
    expect(out).toMatch(/<textarea[^>]*readonly/i);
    expect(out).toContain("可查看成绩");
  });
});

describe("a run without a score says so", () => {
  const pane = (run: ReturnType<typeof simulation>): string => {
    const bench = new Bench(rest);
    bench.book.shown.set({ id: run.id, run, error: null, reading: false });
    return render(desk("simulations.read"), createElement(BenchContext, { value: { bench, mayRun: true } }, createElement(ScorePane)));
  };

  it("failed: with the reason in words and what the server said", () => {
    const out = pane(simulation(1, { state: "failed", problem: "died: signal: killed", runs_done: 1 }));
    expect(out).toContain("运行失败");
    expect(out).toContain("没有给出成绩就结束");
    expect(out).toContain("signal: killed");
    expect(out).not.toContain("100.0");
  });

  it("cancelled, waiting and running: how far it came, and no figure", () => {
    expect(pane(simulation(1, { state: "cancelled", runs_done: 1 }))).toContain("1 / 2");
    expect(pane(simulation(1, { state: "waiting" }))).toContain("排队等待");
    expect(pane(simulation(1, { state: "running", runs_done: 1 }))).toMatch(/<progress[^>]*max="2"[^>]*value="1"|<progress[^>]*value="1"[^>]*max="2"/);
  });

  it("done: the verdict names the gates that were not kept", () => {
    const out = pane(simulation(1, { card: card() }));
    expect(out).toContain("未过门槛");
    expect(out).toContain("4 项过 2 项");
    expect(out).toContain("召回率</b> 规则 · 已进入");
  });
});
