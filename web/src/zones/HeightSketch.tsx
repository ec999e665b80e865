import { useTranslation } from "react-i18next";
import { ceilingOf, floorOf, type LimitProperties } from "./feature";
import { limitWords } from "./phrases";

const H = 104;
const W = 392;

/**
 * The volumes side by side between floor and ceiling, on one scale of metres, each limit with its datum. Limits of
 * different datums stand on the same scale for orientation only; the line of 120 m counts above the ground.
 */
export function HeightSketch({ volumes }: { volumes: readonly LimitProperties[] }) {
  const { t } = useTranslation();
  const shown = volumes.slice(0, 4);
  const tops = shown.flatMap((v) => [ceilingOf(v)?.metres, floorOf(v)?.metres]).filter((m): m is number => m !== undefined);
  const top = Math.max(150, ...tops.map((m) => m * 1.2));
  const y = (m: number): number => H - 14 - (Math.min(top, Math.max(0, m)) / top) * (H - 26);
  const column = (W - 44) / shown.length;
  return (
    <svg className="heights" viewBox={`0 0 ${W} ${H}`} role="img" aria-label={t("zones.card.height")}>
      <line className="ground" x1="38" x2={W} y1={y(0)} y2={y(0)} />
      <text x="34" y={y(0) + 3} textAnchor="end">{t("zones.limits.ground")}</text>
      <line className="open" x1="38" x2={W} y1={y(120)} y2={y(120)} />
      {top <= 700 && <text x="34" y={y(120) + 3} textAnchor="end">{"120\u2009m"}</text>}
      {shown.map((v, i) => {
        const [low, high] = [floorOf(v), ceilingOf(v)];
        const x = 44 + i * column;
        const [y0, y1] = [y(low?.metres ?? 0), high ? y(high.metres) : 0];
        const width = Math.min(64, column * 0.3);
        return (
          <g key={i}>
            <rect x={x} width={width} y={y1} height={Math.max(2, y0 - y1)} />
            {high ? <line className="limit" x1={x - 4} x2={x + width + 4} y1={y1} y2={y1} /> : <path className="limit" d={`M${x + width / 2 - 5} 7l5-5 5 5`} />}
            {low && <line className="limit" x1={x - 4} x2={x + width + 4} y1={y0} y2={y0} />}
            <text className="strong" x={x + width + 8} y={Math.max(9, y1 + 4)}>{high ? limitWords(high, false) : t("zones.limits.unlimited")}</text>
            <text className="strong" x={x + width + 8} y={low ? Math.max(y0 + 4, Math.max(9, y1 + 4) + 13) : y0 - 4}>{low ? limitWords(low, false) : t("zones.limits.ground")}</text>
          </g>
        );
      })}
    </svg>
  );
}
