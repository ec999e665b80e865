import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useObservable, useTick } from "../hooks";
import { pixelsPerMetre } from "../map/mercator";
import { HEIGHT_RAMP, heightColour } from "../map/palette";
import { TrackState } from "../vocabulary";
import { say } from "../words";
import { useDesk } from "./desk";
import { GridLegend } from "./GridLegend";

const TOP = 6;
const TALL = 150;
const MOST_M = 300;
const BIN_M = 10;

const y = (m: number): number => TOP + TALL * (1 - m / MOST_M);

/** The height ramp with its break at 120 m, a histogram of who flies where, the scale and the credits. */
export function Legend() {
  const { t } = useTranslation();
  const desk = useDesk();
  useTick(2000);
  const { tracks } = desk.world;
  const bins = new Array<number>(MOST_M / BIN_M).fill(0);
  for (let s = 0; s < tracks.used; s++) {
    const h = tracks.agl[s]!;
    if (!tracks.hasFix[s] || tracks.unnamed(s) || !(h === h) || tracks.state[s] === TrackState.ground || tracks.state[s] === TrackState.offline) continue;
    const i = Math.min(bins.length - 1, Math.max(0, Math.floor(h / BIN_M)));
    bins[i]!++;
  }
  const most = Math.max(4, ...bins);
  const stops = HEIGHT_RAMP.map(([m, c]) => <stop key={m} offset={m / MOST_M} stopColor={c} />);
  return (
    <aside className="legend" data-obstacle aria-label={t("map.legend")}>
      <svg width="150" height={TOP + TALL + 8} role="img" aria-hidden="true">
        <defs><linearGradient id="ramp" x1="0" y1="1" x2="0" y2="0">{stops}</linearGradient></defs>
        <rect x="32" y={TOP} width="7" height={TALL} fill="url(#ramp)" />
        {[0, 60, 120, 200, 300].map((m) => <text key={m} x="26" y={y(m) + 3.5} textAnchor="end" className={m === 120 ? "tick strong" : "tick"}>{m}</text>)}
        {bins.map((n, i) => n > 0 && <rect key={i} x="42" y={y((i + 1) * BIN_M) + 0.5} height={(TALL * BIN_M) / MOST_M - 1} width={Math.max(2, Math.round((n / most) * 74))} fill={heightColour((i + 0.5) * BIN_M)} />)}
        <path d={`M30 ${y(120)}H148`} stroke="var(--text-1)" strokeWidth="1" />
        <text x="148" y={y(120) - 4} textAnchor="end" className="tick light">{t("map.openLimit")}</text>
      </svg>
      <div className="dim">{t("map.legend")}</div>
      {tracks.anonymous > 0 && <Nearby />}
      <GridLegend />
      <Scale />
      <Credit />
    </aside>
  );
}

/** The mark of traffic without a name, as the map draws it. */
function Nearby() {
  const { t } = useTranslation();
  return (
    <div className="nearby" data-testid="legend-nearby">
      <svg width="14" height="16" viewBox="-7 -8 14 16" fill="none" stroke="var(--text-2)" strokeWidth="1" strokeLinejoin="round" aria-hidden="true"><path d="M-4.6 6.4L0-6.8L4.6 6.4L0 3.6Z" /></svg>
      <span>{t("map.nearby")}</span>
    </div>
  );
}

const STEPS = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000];

function Scale() {
  const desk = useDesk();
  const map = useObservable(desk.map);
  const [scale, setScale] = useState({ px: 60, metres: 1000 });
  const last = useRef(0);
  useEffect(() => {
    if (!map) return;
    const update = (): void => {
      const per = pixelsPerMetre(map.context.camera());
      const metres = STEPS.findLast((s) => s * per <= 96) ?? 5;
      if (Math.abs(metres * per - last.current) < 0.5) return;
      last.current = metres * per;
      setScale({ px: metres * per, metres });
    };
    update();
    map.map.on("move", update);
    return () => void map.map.off("move", update);
  }, [map]);
  return (
    <div className="scale">
      <i style={{ width: scale.px }} /><span>{scale.metres >= 1000 ? `${scale.metres / 1000}\u2009km` : `${scale.metres}\u2009m`}</span>
    </div>
  );
}

function Credit() {
  const { t } = useTranslation();
  const desk = useDesk();
  const region = useObservable(desk.region);
  if (region.jurisdictions.length === 0) return null;
  const credits = region.credits.map(say).filter(Boolean);
  return (
    <div className="credit" data-testid="credit">
      {region.schematic && !credits.some((c) => /示意|schematic/i.test(c)) && <div>{t("map.schematic")}</div>}
      {(credits.length > 0 ? credits : [t("map.credit")]).map((c) => <div key={c}>{c}</div>)}
    </div>
  );
}
