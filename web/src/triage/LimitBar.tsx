import { useTranslation } from "react-i18next";
import type { Alert } from "../vocabulary";
import { digitsOf, quantity } from "../words";

const WIDTH = 350;
const BAR_Y = 18;
const BAR = 8;

/** Hazards whose measured value is dangerous below its limit. */
const BELOW = new Set(["battery"]);

/** The measured value beside its limit: grey up to the limit, the severity's colour beyond, with the accuracy whisker. */
export function LimitBar({ alert: a }: { alert: Alert }) {
  const { t } = useTranslation();
  if (a.measured === undefined || a.limit === undefined) return null;
  if (a.hazard === "zone_entry" && a.variant !== "inside") return null; // the distance to a rim is no excess
  const unit = a.unit ?? "";
  const show = (v: number): string => quantity(v, unit, digitsOf(v, unit));
  const top = unit === "%" ? 100 : Math.max(a.measured + (a.accuracy ?? 0), a.limit) * 1.3 || 1;
  const end = WIDTH - 84;
  const x = (v: number): number => Math.max(0, Math.min(end, (v / top) * end));
  const below = BELOW.has(a.hazard);
  const [m, l] = [x(a.measured), x(a.limit)];
  const beyond = below ? a.measured < a.limit : a.measured > a.limit;
  const margin = a.margin ?? Math.abs(a.measured - a.limit);
  const colour = beyond ? `var(--sev-${a.severity})` : "var(--text-3)";
  const whisker = a.accuracy ? Math.max(2, (a.accuracy / top) * end) : 0;
  return (
    <svg className="limitbar" viewBox={`0 0 ${WIDTH} 50`} role="img" aria-label={`${show(a.measured)} / ${show(a.limit)}`}>
      <rect x="0" y={BAR_Y} width={end} height={BAR} fill="var(--bg-4)" />
      <rect x="0" y={BAR_Y} width={below ? m : Math.min(m, l)} height={BAR} fill={below && beyond ? colour : "var(--line-3)"} />
      {!below && beyond && <rect x={l} y={BAR_Y} width={m - l} height={BAR} fill={colour} />}
      {whisker > 0 && <path d={`M${m - whisker} ${BAR_Y + BAR / 2}H${m + whisker}M${m - whisker} ${BAR_Y + 1}v${BAR - 2}M${m + whisker} ${BAR_Y + 1}v${BAR - 2}`} stroke="var(--text-1)" fill="none" />}
      <path d={`M${l} ${BAR_Y - 4}v${BAR + 8}`} stroke="var(--text-1)" strokeWidth="1.5" />
      <text x={Math.max(20, Math.min(l, end))} y={BAR_Y - 7} textAnchor={l > 60 ? "end" : "start"}>{a.hazard === "zone_entry" ? t("alert.rim") : t("alert.limit", { v: show(a.limit) })}</text>
      <text x={end + 8} y={BAR_Y + BAR} className="value">{quantity(a.measured, "", digitsOf(a.measured, unit))}{a.accuracy ? ` ±${digitsOf(a.accuracy, unit) ? a.accuracy.toFixed(1) : Math.round(a.accuracy)}` : ""}{"\u2009"}{unit}</text>
      {beyond && margin > 0 && a.hazard !== "zone_entry" && <>
        <path d={`M${Math.min(l, m)} ${BAR_Y + BAR + 4}v4H${Math.max(l, m)}v-4`} stroke={colour} fill="none" />
        <text x={(l + m) / 2} y={BAR_Y + BAR + 21} textAnchor="middle" className="margin">{t(below ? "alert.under" : "alert.margin", { v: show(margin) })}</text>
      </>}
    </svg>
  );
}
