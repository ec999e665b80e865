import { useTranslation } from "react-i18next";
import { quantity } from "../words";
import { closestWords, offset } from "./format";
import { closest, frame, placeAt, type Frame } from "./project";
import type { Fix, ScoreFinding } from "./types";

const W = 344;
const H = 216;

/** Where everybody truly was (solid), what was reported (dashed, with a dot each), zones, and the nearest places. North is up. */
export function FindingMap({ f }: { f: ScoreFinding }) {
  const { t } = useTranslation();
  const v = frame(f, W, H);
  if (!v) return <p className="sim-note">{t("simulation.finding.noMap")}</p>;
  const near = closest(f);
  const path = (fixes: readonly Fix[]): string => fixes.map((p, i) => `${i === 0 ? "M" : "L"}${v.x(p.longitude).toFixed(1)} ${v.y(p.latitude).toFixed(1)}`).join("");
  return (
    <svg className="sim-map" viewBox={`0 0 ${W} ${H}`} role="img" aria-label={t("simulation.finding.mapTitle")} data-testid="simulation-map">
      <title>{t("simulation.finding.mapTitle")}</title>
      {(f.zones ?? []).map((z) => (
        <path key={z.id} className="zone" fillRule="evenodd" d={z.rings.map((r) => r.map((p, i) => `${i === 0 ? "M" : "L"}${clamp(v.x(p[0])).toFixed(1)} ${clamp(v.y(p[1])).toFixed(1)}`).join("") + "Z").join("")}><title>{z.id}</title></path>
      ))}
      {(f.tracks ?? []).map((k, i) => {
        const within = (k.truth ?? []).filter((p) => p.at_ns >= f.from_ns && p.at_ns <= f.until_ns);
        return (
          <g key={k.id} className="track" data-n={i} data-crewed={k.crewed || undefined}>
            <path className="reported" d={path(k.reported ?? [])} />
            {(k.reported ?? []).map((p) => <circle key={p.at_ns} cx={v.x(p.longitude)} cy={v.y(p.latitude)} r="1.4"><title>{offset(p.at_ns, true)}</title></circle>)}
            <path className="truth" d={path(k.truth ?? [])} />
            {within.length > 1 && <path className="within" d={path(within)} />}
            <End fixes={k.truth ?? []} v={v} id={k.id} below={i % 2 === 1} away={near?.a ?? null} />
          </g>
        );
      })}
      {f.alert_at_ns ? (f.tracks ?? []).slice(0, 1).map((k) => {
        const p = placeAt(k.truth ?? [], f.alert_at_ns as number);
        return p && <path key={k.id} className="alertmark" d={`M${v.x(p.longitude) - 5} ${v.y(p.latitude)}h10M${v.x(p.longitude)} ${v.y(p.latitude) - 5}v10`}><title>{t("simulation.finding.alertAt", { at: offset(p.at_ns, true) })}</title></path>;
      }) : null}
      {near && <Near near={near} v={v} label={closestWords(near)} />}
      <g className="bar" transform={`translate(10 ${H - 10})`}><path d={`M0 -4V0H${v.bar.px.toFixed(1)}V-4`} /><text x={v.bar.px + 5}>{v.bar.metres >= 1000 ? quantity(v.bar.metres / 1000, "km") : quantity(v.bar.metres, "m")}</text></g>
      <g className="bar" transform={`translate(${W - 16} 18)`}><path d="M0 8V-8M-4 -3L0 -8L4 -3" /></g>
    </svg>
  );
}

function Near({ near, v, label }: { near: NonNullable<ReturnType<typeof closest>>; v: Frame; label: string }) {
  const x = v.x(near.a.longitude);
  const y = v.y(near.a.latitude);
  const to = near.kind === "pair" ? [v.x(near.b.longitude), v.y(near.b.latitude)] : near.kind === "zone" ? [v.x(near.rim[0]), v.y(near.rim[1])] : null;
  const [mx, my] = to ? [(x + (to[0] as number)) / 2, (y + (to[1] as number)) / 2] : [x, y];
  const left = mx > W * 0.58;
  return (
    <g className="near">
      {to && <path d={`M${x.toFixed(1)} ${y.toFixed(1)}L${(to[0] as number).toFixed(1)} ${(to[1] as number).toFixed(1)}`} />}
      <circle cx={x} cy={y} r="4" />
      <text x={mx + (left ? -10 : 10)} y={Math.min(H - 24, Math.max(24, my - 7))} textAnchor={left ? "end" : "start"}>{label}<tspan x={mx + (left ? -10 : 10)} dy="13">{offset(near.at_ns, true)}</tspan></text>
    </g>
  );
}

/** The last fix as an arrow along the track, with who and how high. */
function End({ fixes, v, id, below, away }: { fixes: readonly Fix[]; v: Frame; id: string; below: boolean; /** Whose label stands above it. */ away: Fix | null }) {
  const last = fixes[fixes.length - 1];
  if (!last) return null;
  const before = fixes[fixes.length - 2] ?? last;
  const x = v.x(last.longitude);
  const y = v.y(last.latitude);
  const turn = (Math.atan2(y - v.y(before.latitude), x - v.x(before.longitude)) * 180) / Math.PI;
  const left = x > W * 0.62;
  const under = below || (away !== null && Math.abs(v.x(away.longitude) - x) < 90 && Math.abs(v.y(away.latitude) - y) < 30);
  return (
    <>
      <path className="head" d="M-5 -4L4 0L-5 4Z" transform={`translate(${x} ${y}) rotate(${turn.toFixed(0)})`} />
      <text x={x + (left ? -7 : 7)} y={Math.min(H - 22, Math.max(14, y + (under ? 16 : -8)))} textAnchor={left ? "end" : "start"}>{id.replace(/^traffic:/, "")} {quantity(last.agl_m, "m")}</text>
    </>
  );
}

function clamp(v: number): number {
  return Math.min(4000, Math.max(-4000, v));
}
