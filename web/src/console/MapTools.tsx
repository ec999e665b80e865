import { useTranslation } from "react-i18next";
import { useObservable } from "../hooks";
import { useDesk } from "./desk";
import { homeOf } from "./home";

export function MapTools() {
  const { t } = useTranslation();
  const desk = useDesk();
  const map = useObservable(desk.map);
  const trails = useObservable(desk.trails);
  const grid = useObservable(desk.world.grid.minutes);
  const own = homeOf(desk.user, useObservable(desk.region)) !== null;
  const homeWord = t(own ? "map.homeOwn" : "map.home");
  const home = (): void => map?.home(desk.region.get());
  return (
    <div className="maptools" data-obstacle>
      <button title={t("map.zoomIn")} aria-label={t("map.zoomIn")} onClick={() => map?.map.zoomIn({ duration: 120 })}>+</button>
      <button title={t("map.zoomOut")} aria-label={t("map.zoomOut")} onClick={() => map?.map.zoomOut({ duration: 120 })}>−</button>
      <button title={homeWord} aria-label={homeWord} onClick={home}>
        <svg width="16" height="16" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" aria-hidden="true"><circle cx="9" cy="9" r="4.5" /><path d="M9 2v4M9 12v4M2 9h4M12 9h4" /></svg>
      </button>
      <button title={`${t("map.trails")} (T)`} aria-label={t("map.trails")} aria-pressed={trails} onClick={() => desk.trails.set(!trails)}>
        <svg width="16" height="16" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" aria-hidden="true"><path d="M3 15c1-6 4-3 6-6s2-5 6-6" /><circle cx="15" cy="3" r="1.5" /></svg>
      </button>
      <button title={t("grid.title")} aria-label={t("grid.title")} aria-pressed={grid !== null} data-testid="grid-toggle" onClick={() => desk.world.grid.choose(grid === null ? 0 : null)}>
        <svg width="16" height="16" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.4" aria-hidden="true"><path d="M3 3h12v12H3zM3 9h12M9 3v12" /><path d="M9 3h6v6H9z" fill="currentColor" fillOpacity="0.5" stroke="none" /></svg>
      </button>
    </div>
  );
}
