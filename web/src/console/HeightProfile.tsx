import { useTranslation } from "react-i18next";
import { STEPS, STEP_MS } from "../layers/trail-ring";
import type { Band } from "./bands";
import { zoneMark } from "../layers/label-text";
import { ABSENT } from "../layers/gl";
import { heightColour } from "../map/palette";

const WIDTH = 386;
const TALL = 92;
const LEFT = 30;
const RIGHT = 6;
const BASE = 14;

/** Pixels at the right end in which the zones over the present place are drawn. */
const HERE = 84;

/** Height above ground over the last minutes, with the open limit, the limit of an alert and the zones over where it is now. */
export function HeightProfile({ samples, limit, bands }: { samples: [number, number, number][]; limit: number | undefined; bands: readonly Band[] }) {
  const { t } = useTranslation();
  const heights = samples.map((s) => s[2]);
  const known = heights.filter((h) => h !== ABSENT);
  if (known.length < 2) return null;
  const seen = Math.max(150, ...known, limit ?? 0);
  const top = Math.max(seen, ...bands.flatMap((b) => [b.low, b.high]).filter((h) => h < 2.5 * seen)) * 1.08;
  const x = (i: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * (STEPS - samples.length + i)) / (STEPS - 1);
  const y = (h: number): number => 4 + (TALL - BASE - 4) * (1 - Math.max(0, h) / top);
  const lines: string[] = [];
  let run = "";
  heights.forEach((h, i) => {
    if (h === ABSENT) {
      if (run) lines.push(run);
      run = "";
    } else run += `${run ? "L" : "M"}${x(i).toFixed(1)} ${y(h).toFixed(1)}`;
  });
  if (run) lines.push(run);
  const last = heights[heights.length - 1] ?? ABSENT;
  const ticks = [0, 50, 100, 150, 200, 300].filter((m) => m < top && (top < 220 || m !== 50 && m !== 150));
  const minutes = Math.round((STEPS * STEP_MS) / 60_000);
  return (
    <svg className="profile" width={WIDTH} height={TALL} role="img" aria-label={t("card.profile")}>
      {ticks.map((m) => <g key={m}><path d={`M${LEFT} ${y(m)}H${WIDTH - RIGHT}`} className="grid" /><text x={LEFT - 5} y={y(m) + 3.5} textAnchor="end">{m}</text></g>)}
      <path d={`M${LEFT} ${y(120)}H${WIDTH - RIGHT}`} className="open" />
      {bands.length > 0 && <Bands bands={bands} y={y} top={top} />}
      {limit !== undefined && <>
        <rect x={LEFT} y={4} width={WIDTH - LEFT - RIGHT} height={Math.max(0, y(limit) - 4)} className="over" />
        <path d={`M${LEFT} ${y(limit)}H${WIDTH - RIGHT}`} className="limit" />
        <text x={LEFT + 5} y={y(limit) - 4} className="limit-text">{t("alert.limit", { v: `${Math.round(limit)}\u2009m` })}</text>
      </>}
      {lines.map((d) => <path key={d.slice(0, 12)} d={d} fill="none" stroke={heightColour(last === ABSENT ? NaN : last)} strokeWidth="1.6" />)}
      {last !== ABSENT && <circle cx={x(heights.length - 1)} cy={y(last)} r="3" fill={limit !== undefined && last > limit ? "var(--sev-warning)" : "var(--text-1)"} />}
      <text x={LEFT} y={TALL - 2}>{`\u2212${minutes}:00`}</text>
      <text x={WIDTH - RIGHT} y={TALL - 2} textAnchor="end">{t("card.now")}</text>
    </svg>
  );
}

const BAND_COLOUR: Record<string, string> = { prohibited: "var(--zone-prohibited)", requires_authorisation: "var(--zone-authorisation)", conditional: "var(--zone-conditional)" };

/** Bands that reach above the chart are cut; one that begins above it is named at its edge. */
function Bands({ bands, y, top }: { bands: readonly Band[]; y: (h: number) => number; top: number }) {
  const x = WIDTH - RIGHT - HERE;
  return (
    <g data-testid="bands">
      <defs><pattern id="band" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" stroke="var(--text-3)" strokeWidth="1" opacity="0.55" /></pattern></defs>
      {bands.slice(0, 4).map((b, i) => {
        const [low, high] = [Math.min(b.low, top), Math.min(b.high, top)];
        const name = `${zoneMark(b.zone)} ${Math.round(b.low)}–${b.high === Infinity ? "∞" : Math.round(b.high)}`;
        return (
          <g key={b.zone.id + i} stroke={BAND_COLOUR[b.restriction]}>
            <rect x={x} y={y(high)} width={HERE} height={Math.max(0, y(low) - y(high))} className="band" stroke="none" />
            {b.high <= top && <path d={`M${x} ${y(high)}h${HERE}`} />}
            {b.low > 0 && b.low <= top && <path d={`M${x} ${y(low)}h${HERE}`} />}
            <text x={x + 3} y={Math.min(TALL - BASE - 2, y(high) + 10 + (b.low >= top ? 10 * i : 0))} stroke="none" className="band-text">{name}</text>
          </g>
        );
      })}
      <path d={`M${x} 4V${TALL - BASE}`} className="band-edge" />
    </g>
  );
}
