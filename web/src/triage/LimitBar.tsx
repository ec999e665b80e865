import { useTranslation } from "react-i18next";
import type { Alert } from "../vocabulary";
import { digitsOf, quantity } from "../words";
import { barOf, type Bar } from "./bar";

const WIDTH = 350;
const END = WIDTH - 84;
const BAR_Y = 18;
const BAR = 8;

/** The measured value beside its limit: grey up to the limit, the severity's colour beyond, with the accuracy whisker. */
export function LimitBar({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  const bar = barOf(a);
  if (!bar) return null;
  const { unit, beyond, accuracy } = bar;
  const show = (v: number): string => quantity(v, unit, digitsOf(v, unit));
  const x = (v: number): number => Math.max(0, Math.min(END, (v / bar.top) * END));
  const [m, l] = [x(bar.value), x(bar.mark)];
  const colour = beyond ? `var(--sev-${a.severity})` : "var(--text-3)";
  const margin = Math.abs(bar.value - bar.mark);
  const middle = Math.min(END - 40, Math.max(40, (l + m) / 2));
  const told = beyond && bar.kind === "limit" && margin > 0;
  const word = bar.kind === "rim" ? t("alert.rim") : bar.kind === "entry" ? t("alert.entry") : t(bar.danger === "below" ? "alert.least" : "alert.limit", { v: show(bar.mark) });
  const datum = a.hazard === "height" ? ` ${t("datum.agl")}` : "";
  return (
    <svg className="limitbar" viewBox={`0 0 ${WIDTH} 50`} role="img" aria-label={`${show(bar.value)}, ${word}`}>
      <rect x="0" y={BAR_Y} width={END} height={BAR} fill="var(--bg-4)" />
      <Fill bar={bar} m={m} l={l} colour={colour} />
      {accuracy > 0 && <Whisker at={m} half={Math.max(2, (accuracy / bar.top) * END)} />}
      <path d={`M${Math.max(0.75, l)} ${BAR_Y - 4}v${BAR + 8}`} stroke="var(--text-1)" strokeWidth="1.5" />
      <text x={l} y={BAR_Y - 7} textAnchor={l > 60 ? "end" : "start"}>{word}</text>
      <text x={END + 8} y={BAR_Y + BAR} className="value">{quantity(bar.value, "", digitsOf(bar.value, unit))}{accuracy > 0 ? ` ±${accuracy.toFixed(digitsOf(accuracy, unit))}` : ""}{"\u2009"}{unit}</text>
      {told && <>
        <path d={`M${Math.min(l, m)} ${BAR_Y + BAR + 4}v4H${Math.max(l, m)}v-4`} stroke={colour} fill="none" />
        <text x={middle} y={BAR_Y + BAR + 21} textAnchor="middle" className="margin">{t(bar.danger === "below" ? "alert.under" : "alert.margin", { v: quantity(margin, unit, margin < 1 ? 1 : digitsOf(margin, unit)) })}</text>
      </>}
      {(!told || middle > 80) && bar.mark > 0 && <text x="0" y={BAR_Y + BAR + 13} className="axis">0</text>}
      {(!told || middle < END - 110) && <text x={END} y={BAR_Y + BAR + 13} textAnchor="end" className="axis">{quantity(bar.top, unit)}{datum}</text>}
    </svg>
  );
}

function Fill({ bar, m, l, colour }: { bar: Bar; m: number; l: number; colour: string }) {
  if (bar.danger === "below") return <rect x="0" y={BAR_Y} width={m} height={BAR} fill={bar.beyond ? colour : "var(--line-3)"} />;
  return (
    <>
      <rect x="0" y={BAR_Y} width={Math.min(m, l)} height={BAR} fill="var(--line-3)" />
      {bar.beyond && <rect x={l} y={BAR_Y} width={m - l} height={BAR} fill={colour} />}
    </>
  );
}

function Whisker({ at, half }: { at: number; half: number }) {
  return <path d={`M${at - half} ${BAR_Y + BAR / 2}H${at + half}M${at - half} ${BAR_Y + 1}v${BAR - 2}M${at + half} ${BAR_Y + 1}v${BAR - 2}`} stroke="var(--text-1)" fill="none" />;
}
