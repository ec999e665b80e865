import { Suspense, lazy, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { currentUser, fetchRegion, fetchStatus, may, signOut, type Status, type User } from "../api";
import { useObservable } from "../hooks";
import type { AirMap } from "../map/map";
import { Observable } from "../picture/observable";
import { firstAircraft, membersOf, whereIs } from "../picture/pairs";
import { readRegion } from "../picture/regions";
import { World } from "../picture/world";
import { Sound } from "../sound";
import { mayHandle, partiesOf } from "../triage/authority";
import { HandlingDesk } from "../triage/handling";
import { Names } from "../triage/names";
import { TriagePanel } from "../triage/TriagePanel";
import { language } from "../words";
import { AircraftCard } from "./AircraftCard";
import { Banner } from "./Banner";
import { DeskContext, NO_FILTER, type Desk, type Tab } from "./desk";
import { keepHistory } from "./history";
import { KeysOverlay } from "./KeysOverlay";
import { onKey } from "./keys";
import { Legend } from "./Legend";
import { MapPane } from "./MapPane";
import { MapTools } from "./MapTools";
import { Rail } from "./Rail";
import { SearchBar } from "./SearchBar";
import { TopBar } from "./TopBar";
import { TrafficCard } from "./TrafficCard";
import { ZoneCard } from "./ZoneCard";
import { covers, readView, writePath, writeView } from "./url";
import { expose } from "./hook";

// Its code comes with the first opening: the live picture does not wait for it.
const ZonesPanel = lazy(() => import("../zones/ZonesPanel"));
const ImportDialog = lazy(() => import("../zones/import/ImportDialog"));
const AdminPage = lazy(() => import("../admin/AdminPage"));
const AccountPage = lazy(() => import("../account/AccountPage"));
const SimulationPage = lazy(() => import("../simulation/SimulationPage"));

function streamUrl(): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/stream`;
}

/** The card of an aircraft that was opened is there by then. */
const CARD_MS = 200;

/** What somebody opens must not lie under its own card. */
function uncover(desk: Desk, aircraft: string): void {
  const { tracks } = desk.world;
  const slot = tracks.slotOf(aircraft);
  if (slot === undefined || !tracks.hasFix[slot]) return;
  const p = tracks.position(slot);
  desk.map.get()?.uncover(p.longitude, p.latitude);
}

function openDesk(user: User, onEnded: (byPerson: boolean) => void): Desk {
  const world = new World(streamUrl(), async () => {
    try {
      return (await currentUser()) !== null;
    } catch {
      return true; // not reached: nobody said that the session has ended
    }
  });
  const handling = new HandlingDesk();
  const desk: Desk = {
    world, handling, user,
    names: new Names(user),
    sound: new Sound(world, (a) => mayHandle(user, a)),
    region: new Observable(readRegion(null)),
    status: new Observable<Status | null>(null),
    map: new Observable<AirMap | null>(null),
    alert: new Observable(readView(location.search).alert),
    tab: new Observable<Tab>("pending"),
    page: new Observable(readView(location.search, location.pathname).page),
    admin: new Observable(readView(location.search, location.pathname).admin),
    simulation: new Observable(readView(location.search, location.pathname).simulation),
    zone: new Observable(readView(location.search).zone),
    importing: new Observable<{ file: File | null } | null>(null),
    filter: new Observable(NO_FILTER),
    follow: new Observable(false),
    trails: new Observable(true),
    toast: new Observable(""),
    openAlert(id, go) {
      desk.alert.set(id);
      const a = world.alerts.find(id);
      if (!a) return;
      desk.tab.set(a.state === "resolved" ? "resolved" : "pending");
      const aircraft = firstAircraft(a);
      if (aircraft) world.select(aircraft);
      if (go || a.object.kind === "pair") desk.goTo(id);
      else if (aircraft) setTimeout(() => uncover(desk, aircraft), CARD_MS);
    },
    goTo(id) {
      const a = world.alerts.find(id);
      const map = desk.map.get();
      if (!a || !map) return;
      if (a.object.kind === "pair") {
        const now = performance.now();
        const places = membersOf(a).flatMap((m) => { const at = whereIs(world, m, now); return at ? [at] : []; });
        if (places.length > 0) return map.fitPlaces(places);
      }
      const slot = a.object.kind === "aircraft" ? world.tracks.slotOf(a.object.id) : undefined;
      if (slot !== undefined && world.tracks.hasFix[slot]) {
        const p = world.tracks.position(slot);
        map.flyTo(p.longitude, p.latitude);
      } else if (a.position) map.flyTo(a.position.longitude_deg, a.position.latitude_deg);
    },
    callOrLog(a, aircraft) {
      if (!mayHandle(user, a)) return;
      const parties = partiesOf(a);
      const p = parties.find((x) => x.aircraft === aircraft) ?? parties.find((x) => x.contact?.has_phone) ?? parties[0];
      handling.callOrLog(a.id, { aircraft: p?.aircraft ?? "", hasPhone: p?.contact?.has_phone === true, mayLook: may(user, "personal.read") });
    },
    signOut() {
      void signOut().catch(() => undefined).then(() => onEnded(true));
    },
  };
  return desk;
}

/** Rights are looked at this often besides: a role can change without the scope. */
const RIGHTS_MS = 60_000;

interface ConsoleProps {
  user: User;
  /** It stands in the place of one whose user had other rights. */
  anew: boolean;
  onEnded: (byPerson: boolean) => void;
  /** This user may do or see something else now. */
  onUser: (u: User) => void;
}

export function Console({ user, anew, onEnded, onUser }: ConsoleProps) {
  const { t, i18n } = useTranslation();
  const desk = useMemo(() => openDesk(user, onEnded), []); // eslint-disable-line: one desk per signed-in console
  const [keys, setKeys] = useState(false);
  const [drawer, setDrawer] = useState(false);
  const searchRef = useRef<HTMLInputElement>(null);
  const connection = useObservable(desk.world.connectionState);
  const toast = useObservable(desk.toast);
  const page = useObservable(desk.page);
  const importing = useObservable(desk.importing) !== null;

  useEffect(() => {
    desk.world.start();
    expose(desk);
    const view = readView(location.search);
    if (view.aircraft) desk.world.select(view.aircraft);
    if (view.grid !== null) desk.world.grid.choose(view.grid);
    return () => {
      desk.world.stop();
      desk.sound.stop();
      desk.handling.stop();
    };
  }, [desk]);

  useEffect(() => {
    if (connection.state === "ended") onEnded(false);
  }, [connection, onEnded]);

  useEffect(() => keepRights(desk, onUser), [desk, onUser]);
  useEffect(() => {
    if (anew) desk.toast.set(t("top.changed"));
  }, [desk, anew]); // eslint-disable-line: once
  useEffect(() => keepReading(desk), [desk]);
  useEffect(() => keepHistory(desk), [desk]);

  const copyLink = useCallback(() => {
    void navigator.clipboard?.writeText(location.href).then(
      () => desk.toast.set(t("alert.linkCopied")),
      () => desk.toast.set(location.href),
    );
  }, [desk, t]);

  useEffect(() => {
    if (!toast) return;
    const timer = setTimeout(() => desk.toast.set(""), 2500);
    return () => clearTimeout(timer);
  }, [toast, desk]);

  useEffect(() => {
    const key = (e: KeyboardEvent): void =>
      covers(desk.page.get()) ? undefined : onKey(e, desk, { search: () => searchRef.current?.focus(), help: (show) => setKeys((k) => show ?? !k), copyLink });
    const click = (): void => desk.sound.arm();
    window.addEventListener("keydown", key);
    window.addEventListener("pointerdown", click, { once: true });
    return () => {
      window.removeEventListener("keydown", key);
      window.removeEventListener("pointerdown", click);
    };
  }, [desk, copyLink]);

  // Labels make room for the drawer once it has come to rest.
  useEffect(() => {
    const timer = setTimeout(() => {
      window.dispatchEvent(new Event("lowsky:panels"));
      desk.map.get()?.repaint();
    }, 200);
    return () => clearTimeout(timer);
  }, [desk, drawer]);

  useEffect(() => keepUrl(desk), [desk, i18n.language]);

  return (
    <DeskContext value={desk}>
      <div className="console" data-drawer={drawer ? "open" : undefined} data-page={page || undefined}>
        <TopBar onDrawer={() => setDrawer((d) => !d)} drawer={drawer} />
        <Rail />
        <section className="mapside" aria-label={t("nav.live")} onDragOver={dragged} onDrop={(e) => dropped(e, desk)}>
          <MapPane />
          <Banner />
          <SearchBar inputRef={searchRef} />
          <MapTools />
          <AircraftCard />
          <ZoneCard />
          <TrafficCard />
          <Legend />
          {importing && <Suspense fallback={null}><ImportDialog /></Suspense>}
          {toast && <div className="toast" role="status">{toast}</div>}
        </section>
        {page === "zones" && <Suspense fallback={null}><ZonesPanel /></Suspense>}
        {covers(page) && <main className="fullpage"><Suspense fallback={null}>{page === "admin" ? <AdminPage /> : page === "simulation" ? <SimulationPage /> : <AccountPage />}</Suspense></main>}
        <TriagePanel onKeys={() => setKeys(true)} />
        {keys && <KeysOverlay onClose={() => setKeys(false)} />}
      </div>
    </DeskContext>
  );
}

/** Whether two answers of the session are of the same rights. */
function same(a: User, b: User): boolean {
  const rights = (u: User): string => JSON.stringify([u.username, u.name, u.roles, u.permissions, u.organisation, u.scope, u.home, u.mustChange]);
  return rights(a) === rights(b);
}

/** Asks who is signed in when the stream says that the scope changed, and once a minute. */
function keepRights(desk: Desk, onUser: (u: User) => void): () => void {
  let stopped = false;
  const look = (): void => {
    currentUser().then((u) => !stopped && u && !same(u, desk.user) && onUser(u), () => undefined);
  };
  desk.world.onScope = look;
  const timer = setInterval(look, RIGHTS_MS);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}

function dragged(e: React.DragEvent): void {
  if (e.dataTransfer.types.includes("Files")) e.preventDefault();
}

/** A file dropped on the map is one of zones. */
function dropped(e: React.DragEvent, desk: Desk): void {
  const file = e.dataTransfer.files[0];
  if (!file) return;
  e.preventDefault();
  if (!may(desk.user, "zones.write")) return;
  desk.importing.set({ file });
}

/** Reads region and status until they are there; the status again every minute. */
function keepReading(desk: Desk): () => void {
  let stopped = false;
  const timers: ReturnType<typeof setTimeout>[] = [];
  const region = (wait: number): void => {
    fetchRegion().then(
      (raw) => {
        if (stopped) return;
        desk.region.set(readRegion(raw));
      },
      () => timers.push(setTimeout(() => region(Math.min(wait * 2, 30_000)), wait)),
    );
  };
  const status = (): void => {
    fetchStatus().then((s) => !stopped && desk.status.set(s), () => undefined).finally(() => {
      if (!stopped) timers.push(setTimeout(status, 60_000));
    });
  };
  region(1000);
  status();
  return () => {
    stopped = true;
    timers.forEach(clearTimeout);
  };
}

function keepUrl(desk: Desk): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const map = desk.map.get();
      const c = map?.map.getCenter();
      const view = {
        map: map && c ? { longitude: c.lng, latitude: c.lat, zoom: map.map.getZoom() } : readView(location.search).map,
        aircraft: desk.world.selected.get(),
        alert: desk.alert.get(),
        page: desk.page.get(),
        zone: desk.zone.get(),
        grid: desk.world.grid.minutes.get(),
        admin: desk.admin.get(),
        simulation: desk.simulation.get(),
      };
      const path = writePath(view);
      const url = path + writeView(view, language());
      // Going to another page is a step that "back" undoes; what changes on one is not.
      if (path === location.pathname) history.replaceState(null, "", url);
      else history.pushState(null, "", url);
    }, 300);
  };
  write();
  const back = (): void => {
    const v = readView(location.search, location.pathname);
    desk.admin.set(v.admin);
    desk.simulation.set(v.simulation);
    desk.page.set(v.page);
  };
  window.addEventListener("popstate", back);
  const undo = [desk.world.selected.subscribe(write), desk.alert.subscribe(write), desk.map.subscribe(write), desk.page.subscribe(write), desk.admin.subscribe(write), desk.simulation.subscribe(write), desk.zone.subscribe(write), desk.world.grid.minutes.subscribe(write)];
  window.addEventListener("lowsky:moved", write);
  return () => {
    clearTimeout(timer);
    undo.forEach((u) => u());
    window.removeEventListener("popstate", back);
    window.removeEventListener("lowsky:moved", write);
  };
}
