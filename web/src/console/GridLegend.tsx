import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useObservable } from "../hooks";
import { GRID_OPACITY } from "../layers/grid";
import { GRID_MINUTES, cellAt, classesOf, valueOf, type GridCell } from "../picture/grid";
import { figure } from "../words";
import { useDesk } from "./desk";

/** What the greys of the grid mean, and the cell under the pointer. Nothing while the grid is off. */
export function GridLegend() {
  const desk = useDesk();
  const minutes = useObservable(desk.world.grid.minutes);
  return minutes === null ? null : <Shown />;
}

function Shown() {
  const { t } = useTranslation();
  const desk = useDesk();
  const { grid } = desk.world;
  const minutes = useObservable(grid.minutes) ?? 0;
  const data = useObservable(grid);
  const failed = useObservable(grid.failed);
  const map = useObservable(desk.map);
  const [cell, setCell] = useState<GridCell | undefined>(undefined);
  useEffect(() => {
    if (!map) return;
    const move = (e: { lngLat: { lng: number; lat: number } }): void => {
      const now = grid.get();
      const under = now ? cellAt(now, e.lngLat.lng, e.lngLat.lat) : undefined;
      setCell(under);
      map.markCell(under?.code ?? "");
    };
    const out = (): void => setCell(undefined);
    map.map.on("mousemove", move);
    map.map.on("mouseout", out);
    return () => {
      map.map.off("mousemove", move);
      map.map.off("mouseout", out);
    };
  }, [map, grid]);
  const ends = classesOf(minutes);
  return (
    <div className="grid-legend" data-testid="grid-legend">
      <div>{t(minutes === 0 ? "grid.now" : "grid.minutes", { n: minutes })}{data && <span className="dim"> L{data.level}</span>}</div>
      <div className="classes">
        {GRID_OPACITY.map((o, i) => <span key={o}><i style={{ opacity: o }} />{i < ends.length ? `≤${ends[i]}` : `>${ends[ends.length - 1]}`}</span>)}
      </div>
      <div className="cell">{failed ? t("grid.failed") : cell ? <>{cell.code}<br />{t(minutes === 0 ? "grid.aircraft" : "grid.aircraftMinutes", { n: figure(valueOf(cell, minutes), 0) })}</> : t("grid.hover")}</div>
      <div className="segments" role="radiogroup" aria-label={t("grid.title")}>
        {GRID_MINUTES.map((m) => <button key={m} role="radio" aria-checked={m === minutes} onClick={() => grid.choose(m)}>{m === 0 ? t("grid.short") : `${m}\u2009min`}</button>)}
      </div>
    </div>
  );
}
