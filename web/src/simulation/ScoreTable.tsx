import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useObservable } from "../hooks";
import { figure, say } from "../words";
import { useBench } from "./bench";
import { faultsOf, rowChange } from "./compare";
import { grouped, levelName, rate, rateTitle, rowKey, seconds } from "./format";
import { ResultMark } from "./ResultMark";
import type { RuleScore, ScoreResult, Scorecard } from "./types";

/** Every level of every rule, and all together; a row lists its findings at the side. */
export function ScoreTable({ card }: { card: Scorecard }) {
  const { t } = useTranslation();
  const { bench } = useBench();
  const { run: other } = useObservable(bench.book.other);
  const { row } = useObservable(bench.looking);
  const [all, setAll] = useState(false);
  const choose = (key: string): void => bench.look({ row: row === key ? "" : key, finding: row === key ? bench.looking.get().finding : first(card, key) });
  const met = card.rules.filter((r) => all || metSomething(r) || rowKey(r) === row);
  const shown = met.length === 0 ? card.rules : met;
  return (
    <section className="sim-tablebox" aria-label={t("simulation.table.title")}>
      {card.rules.length === 0 ? <p className="sim-note">{t("simulation.table.none")}</p> : (
        <table className="sim-table" data-testid="simulation-table">
          <thead>
            <tr>
              <th scope="col">{t("simulation.table.rule")}</th><th scope="col">{t("simulation.table.level")}</th><th scope="col">{t("simulation.table.events")}</th><th scope="col">{t("simulation.table.tp")}</th><th scope="col">{t("simulation.table.fn")}</th><th scope="col">{t("simulation.table.fp")}</th>
              <th scope="col">{t("simulation.table.precision")}</th><th scope="col">{t("simulation.table.recall")}</th>
              <th scope="col" title={t("simulation.table.delayNote")}>{t("simulation.table.p50")}</th><th scope="col" title={t("simulation.table.delayNote")}>{t("simulation.table.p95")}</th><th scope="col" title={t("simulation.table.delayNote")}>{t("simulation.table.max")}</th>
              <th scope="col">{t("simulation.table.duplicates")}</th><th scope="col">{t("simulation.table.late")}</th><th scope="col">{t("simulation.table.early")}</th><th scope="col">{other ? t("simulation.table.versus", { n: other.id }) : t("simulation.table.versusNone")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((r) => <Row key={rowKey(r)} r={r} card={card} other={other?.card} selected={row === rowKey(r)} onChoose={() => choose(rowKey(r))} />)}
          </tbody>
          <tfoot><Row r={card.total} card={card} other={other?.card} selected={false} total /></tfoot>
        </table>
      )}
      {shown.length < card.rules.length && <button type="button" className="control quiet small" onClick={() => setAll(true)} data-testid="simulation-all-rows">{t("simulation.table.unmet", { n: card.rules.length - shown.length })}</button>}
      <p className="sim-note">{t("simulation.table.delayNote")}</p>
    </section>
  );
}

/** Whether there was anything for a level to be right or wrong about. */
function metSomething(r: RuleScore): boolean {
  return r.events + r.near_misses + r.fp + r.duplicates + r.late_clears + r.early_clears + r.nuisance > 0;
}

function first(card: Scorecard, key: string): number {
  return card.findings.findIndex((f) => rowKey(f) === key);
}

function Row({ r, card, other, selected, total = false, onChoose }: { r: RuleScore; card: Scorecard; other: Scorecard | undefined; selected: boolean; total?: boolean; onChoose?: () => void }) {
  const { t } = useTranslation();
  const name = total ? t("simulation.table.total") : say(r.name) || r.rule;
  return (
    <tr aria-selected={onChoose ? selected : undefined} data-testid={total ? "simulation-total" : "simulation-row"} data-rule={r.rule} data-level={r.level} onClick={onChoose}>
      <th scope="row" title={total ? undefined : `${r.rule}${r.safety ? ` · ${t("simulation.table.safetyHint")}` : ""}`}>{onChoose ? <button type="button" aria-pressed={selected}>{name}</button> : name}</th>
      <td className="sim-level" title={levelName(r.level)}>{levelName(r.level)}</td>
      <td>{grouped(r.events)}</td>
      <td>{grouped(r.tp)}</td>
      <Bad n={r.fn} result="missed" />
      <Bad n={r.fp} result="false" />
      <td title={rateTitle(r.precision, r.tp + r.fp)}>{rate(r.precision)}</td>
      <td title={rateTitle(r.recall, r.events)}>{rate(r.recall)}</td>
      <td>{seconds(r.delay.p50_s, r.delay.count)}</td>
      <td>{seconds(r.delay.p95_s, r.delay.count)}</td>
      <td>{seconds(r.delay.max_s, r.delay.count)}</td>
      <Bad n={r.duplicates} result="double" />
      <Bad n={r.late_clears} result="late_clear" />
      <Bad n={r.early_clears} result="early_clear" />
      <Versus r={r} now={card} was={other} />
    </tr>
  );
}

function Bad({ n, result }: { n: number; result: ScoreResult }) {
  return <td className={n === 0 ? "dim" : "sim-count"}>{n > 0 && <ResultMark result={result} size={12} />}{grouped(n)}</td>;
}

/** Fewer (+) or more (−) faults than that run; = none; ≠ not to be compared. */
function Versus({ r, now, was }: { r: RuleScore; now: Scorecard; was: Scorecard | undefined }) {
  const { t } = useTranslation();
  if (!was) return <td className="dim">–</td>;
  const c = rowChange(r, now, was);
  if (!c.was) return <td className="dim" title={t("simulation.table.notThere")}>–</td>;
  if (c.better === null) return <td className="dim" title={t("simulation.table.notSame")}>≠</td>;
  const title = t("simulation.table.better", { was: faultsOf(c.was), is: faultsOf(r) });
  return <td className={c.better === 0 ? "dim" : "strong"} title={title}>{c.better === 0 ? "=" : c.better > 0 ? `+${c.better}` : figure(c.better)}</td>;
}
