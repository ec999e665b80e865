import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useObservable } from "../hooks";
import { fetchTracks } from "../api";
import { AirMap } from "../map/map";
import { mercatorX, mercatorY } from "../map/mercator";
import { TrackState } from "../vocabulary";
import { language } from "../words";
import { useDesk, type Desk } from "./desk";
import { homeOf } from "./home";
import { Panels } from "./panels";
import { readView } from "./url";

/** The region is waited for this long; then the map begins without outlines. */
const REGION_MS = 2000;

/** Holds the map and its label canvas. The map lives outside of React. */
export function MapPane() {
  const desk = useDesk();
  const { t, i18n } = useTranslation();
  const container = useRef<HTMLDivElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const region = useObservable(desk.region);
  const filter = useObservable(desk.filter);
  const trails = useObservable(desk.trails);
  const [waited, setWaited] = useState(false);
  const [broken, setBroken] = useState(false);
  const ready = region.id !== "" || waited;

  useEffect(() => {
    const timer = setTimeout(() => setWaited(true), REGION_MS);
    return () => clearTimeout(timer);
  }, []);

  useEffect(() => {
    if (!ready || !container.current || !overlay.current) return;
    const view = readView(location.search).map;
    const panels = new Panels(container.current);
    let map: AirMap;
    try {
      map = new AirMap(container.current, overlay.current, desk.world, desk.region.get(), view, () => panels.boxes(), {
        select: (id) => {
          desk.world.select(id);
          if (!id) desk.follow.set(false);
        },
        selectZone: (id) => {
          desk.world.selectedZone.set(id);
          desk.world.selectedTraffic.set("");
        },
        selectTraffic: (id) => desk.world.selectedTraffic.set(id),
        selectAlert: (id) => desk.openAlert(id, false),
        moved: () => window.dispatchEvent(new Event("lowsky:moved")),
      }, homeOf(desk.user, desk.region.get()));
    } catch (err) {
      console.error("map", err);
      setBroken(true);
      panels.stop();
      return;
    }
    desk.map.set(map);
    const undo = following(desk, map);
    if (!view && desk.user.organisation?.kind === "company") openOnOwn(map);
    return () => {
      undo();
      panels.stop();
      desk.map.set(null);
      map.remove();
    };
  }, [desk, ready]);

  useEffect(() => desk.map.get()?.setRegion(region), [desk, region]);
  useEffect(() => {
    const map = desk.map.get();
    if (!map) return;
    map.context.setFilter(filter);
    map.context.trails = trails;
    map.context.language = language();
    map.repaint();
  }, [desk, filter, trails, i18n.language]);

  return (
    <>
      <div ref={container} className="map" data-testid="map" />
      <canvas ref={overlay} className="labels" aria-hidden="true" />
      {broken && <div className="map-broken" role="alert">{t("error.map")}</div>}
    </>
  );
}

/** A company's map opens on its own aircraft in the air; with none there, it stays on the ground of its seat. */
function openOnOwn(map: AirMap): void {
  let touched = false;
  const touch = (): void => void (touched = true);
  map.map.once("mousedown", touch);
  map.map.once("wheel", touch);
  fetchTracks().then(
    (tracks) => {
      const flying = tracks.flatMap((x) => (FLYING.has(x.state) && x.position ? [[mercatorX(x.position.longitude_deg), mercatorY(x.position.latitude_deg)] as const] : []));
      if (!touched) map.fitPlaces(flying, 13);
    },
    () => undefined, // then the seat will do
  );
}

const FLYING: ReadonlySet<number> = new Set([TrackState.airborne, TrackState.emergency, TrackState.lost, TrackState.unconfirmed]);

/** Keeps the followed aircraft in the middle; a hand on the map ends it. */
function following(desk: Desk, map: AirMap): () => void {
  const timer = setInterval(() => {
    if (!desk.follow.get()) return;
    const { tracks } = desk.world;
    const slot = tracks.slotOf(desk.world.selected.get());
    if (slot === undefined || !tracks.hasFix[slot]) return;
    const p = tracks.position(slot);
    map.map.easeTo({ center: [p.longitude, p.latitude], duration: map.context.still ? 0 : 900, easing: (x) => x });
  }, 1000);
  const end = (): void => desk.follow.set(false);
  map.map.on("dragstart", end);
  return () => clearInterval(timer);
}
