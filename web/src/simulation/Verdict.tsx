import { useTranslation } from "react-i18next";
import { useObservable } from "../hooks";
import { SeverityMark } from "../console/SeverityMark";
import { say } from "../words";
import { useBench } from "./bench";
import { levelName, rowKey } from "./format";
import type { ScoreGate, ScoreResult, Scorecard } from "./types";
import { figures, gateWords } from "./verdict";

const NAMED = 4;
const BLAMES: Partial<Record<string, ScoreResult>> = { recall: "missed", expected: "missed", precision: "false", forbidden: "false", false_alerts: "false", duplicates: "double", late_clears: "late_clear", early_clears: "early_clear" };

function rowOf(g: ScoreGate): string {
  return rowKey({ rule: g.rule ?? "", level: g.level ?? "" });
}

/** The first finding that a gate was not kept for. */
function firstOf(g: ScoreGate, card: Scorecard): number {
  return card.findings.findIndex((f) => f.result === BLAMES[g.id] && (!g.rule || rowKey(f) === rowOf(g)));
}

/** Passed or not, by which gates, and five figures each beside its limit. */
export function Verdict({ card }: { card: Scorecard }) {
  const { t } = useTranslation();
  const { bench } = useBench();
  const { row } = useObservable(bench.looking);
  const failed = card.gates.filter((g) => !g.passed);
  const words = failed.map((g) => ({ g, ...gateWords(g, card, say, levelName) }));
  return (
    <>
      <div className="sim-verdict">
        <div className="sim-passed" role="status" data-testid="simulation-passed" data-passed={card.passed}>
          <b>{card.passed ? <span className="sim-tick" aria-hidden="true">✓</span> : <SeverityMark severity="warning" size={18} />}{t(card.passed ? "simulation.verdict.passed" : "simulation.verdict.failed")}</b>
          <small>{card.interrupted ? t("simulation.verdict.interrupted") : failed.length === 0 ? t("simulation.verdict.all", { n: card.gates.length }) : t("simulation.verdict.of", { n: card.gates.length, kept: card.gates.length - failed.length })}</small>
        </div>
        {figures(card).map((f) => (
          <div key={f.id} className="sim-figure" title={f.title} data-testid={`simulation-figure-${f.id}`}>
            <small>{t(`simulation.figure.${f.id}`)}{f.unit === "%" ? " %" : ""}</small>
            <b>{f.value}{f.unit && f.unit !== "%" && <i>{"\u2009"}{f.unit}</i>}{f.passed === false && <SeverityMark severity="warning" size={14} />}{f.passed === true && <span className="sim-tick" aria-hidden="true">✓</span>}</b>
            <small>{f.limit}</small>
          </div>
        ))}
      </div>
      {(words.length > 0 || (card.faults?.length ?? 0) > 0) && (
        <div className="sim-gates" data-testid="simulation-gates">
          <span className="dim">{t("simulation.verdict.failedGates")}</span>
          {words.slice(0, NAMED).map(({ g, what, where, figures: f }, i) => (
            <button key={i} type="button" className="sim-gate" disabled={firstOf(g, card) < 0 && !g.rule} aria-pressed={g.rule ? row === rowOf(g) : undefined} onClick={() => { bench.look({ row: g.rule ? rowOf(g) : "" }); bench.openFinding(card, firstOf(g, card)); }}>
              ✕ <b>{what}</b>{where && ` ${where}`} <span>{f}</span>
            </button>
          ))}
          {words.length > NAMED && <span className="dim" title={words.slice(NAMED).map((w) => `${w.what} ${w.where} ${w.figures}`).join("\n")}>{t("simulation.verdict.more", { n: words.length - NAMED })}</span>}
          {(card.faults?.length ?? 0) > 0 && <span className="sim-bad" title={card.faults?.join("\n")}>✕ {t("simulation.verdict.faults", { n: card.faults?.length })}: {card.faults?.[0]}</span>}
        </div>
      )}
    </>
  );
}
