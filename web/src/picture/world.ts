// Everything the console knows, fed by the stream. One World per signed-in session.

import { learnServerTime, mark } from "../clock";
import { fetchZones } from "../api";
import { StreamClient, type ConnectionState, type Sink } from "../stream/client";
import type { Frame } from "../stream/frame";
import type { Hello, Snapshot, StreamEvent, ViewBox } from "../stream/messages";
import { severityRank, type Alert, type Health, type Source, type Storage, type TrackView } from "../vocabulary";
import { AlertStore } from "./alerts";
import { GridStore } from "./grid";
import { Liveness, type Condition } from "./liveness";
import { Observable } from "./observable";
import { PathDelay } from "./path-delay";
import { membersOf } from "./pairs";
import { TrackStore } from "./tracks";
import { TrafficStore } from "./traffic";
import { ZoneStore } from "./zones";

export interface Connection {
  state: ConnectionState;
  attempt: number;
}

/** What the once-a-tick part of the console shows of the picture's age. */
export interface Pulse {
  ageMs: number;
  condition: Condition;
  pictureAt: number;
}

export class World implements Sink {
  readonly tracks = new TrackStore();
  readonly alerts = new AlertStore();
  readonly zones = new ZoneStore();
  readonly grid = new GridStore();
  readonly traffic = new TrafficStore();
  readonly liveness = new Liveness();
  readonly healthState = new Observable<Health | null>(null);
  readonly storage = new Observable<Storage | null>(null);
  readonly sources = new Observable<ReadonlyMap<string, Source>>(new Map());
  readonly connectionState = new Observable<Connection>({ state: "connecting", attempt: 0 });
  readonly pulse = new Observable<Pulse>({ ageMs: Infinity, condition: "unknown", pictureAt: 0 });
  readonly helloState = new Observable<Hello | null>(null);
  /** The condition alone, for what changes only with it. */
  readonly condition = new Observable<Condition>("unknown");
  /** The whole track of the selected aircraft. */
  readonly selectedTrack = new Observable<TrackView | null>(null);
  readonly selected = new Observable<string>("");
  /** The crewed target whose card is open, "" for none. */
  readonly selectedTraffic = new Observable<string>("");
  /** The zone whose card is open, "" for none. */
  readonly selectedZone = new Observable<string>("");
  readonly client: StreamClient;
  /** Called when positions changed; the map repaints. */
  onPositions: () => void = () => {};
  /** Called with each new revision of an alert and the one before; the sounds listen. */
  onAlert: (a: Alert, before: Alert | undefined) => void = () => {};
  /** Called when this user may see something else than before. */
  onScope: () => void = () => {};
  lastFrameMs = 0;
  frames = 0;
  private readonly framePath = new PathDelay();
  private view: ViewBox | null = null;
  private tileZoom = 9;
  private ticker: Worker | null = null;
  private zonesWanted = false;
  private zonesMeanwhile: Extract<StreamEvent, { type: "zones" }>[] = [];
  private stopped = false;

  constructor(url: string, sessionHolds: () => Promise<boolean>) {
    this.client = new StreamClient(url, this, sessionHolds);
  }

  start(): void {
    this.client.start();
    this.traffic.start();
    // A worker's timer is not slowed down in hidden tabs: the watch over the picture's age must not sleep.
    this.ticker = new Worker(new URL("./ticker.ts", import.meta.url), { type: "module" });
    this.ticker.onmessage = () => this.tick();
    document.addEventListener("visibilitychange", this.wake);
    window.addEventListener("online", this.wake);
  }

  stop(): void {
    this.ticker?.terminate();
    document.removeEventListener("visibilitychange", this.wake);
    window.removeEventListener("online", this.wake);
    this.client.stop();
    this.traffic.stop();
    this.grid.stop();
    this.stopped = true;
  }

  setView(box: ViewBox): void {
    this.view = box;
    this.client.setView(box);
    this.tracks.watchOnly(box, this.tileZoom, this.selected.get());
  }

  select(aircraft: string): void {
    if (this.selected.get() === aircraft) return;
    this.selected.set(aircraft);
    this.selectedTrack.set(null);
    this.client.watch(aircraft);
  }

  private wake = (): void => {
    if (document.visibilityState === "visible") this.client.hurry();
    this.tick();
  };

  private tick(): void {
    this.client.check();
    const now = mark();
    const ageMs = this.liveness.age(now);
    this.tracks.lag = ageMs === Infinity ? 0 : ageMs / 1000;
    const before = this.pulse.get();
    const next: Pulse = { ageMs, condition: this.liveness.condition(now), pictureAt: this.liveness.pictureAt };
    this.pulse.set(next);
    this.condition.set(next.condition);
    if (before.condition !== next.condition) this.onPositions();
  }

  hello(m: Hello): void {
    learnServerTime(m.server_time);
    this.tileZoom = m.tile_zoom ?? 9;
    this.helloState.set(m);
  }

  snapshot(m: Snapshot): void {
    this.tracks.replace(m.identities ?? []);
    const before = new Map(this.alerts.get().byId);
    this.alerts.replace(m.alerts ?? []);
    this.markSeverities();
    for (const a of m.alerts ?? []) this.onAlert(a, before.get(a.id));
    this.sources.set(new Map((m.sources ?? []).map((s) => [s.id, s])));
    if (m.storage) this.storage.set(m.storage);
    if (m.health) this.healthState.set(m.health); // its age counts only from a health message of its own
    if (m.zones_seq === undefined || m.zones_seq !== this.zones.seq) void this.readZones();
    if (this.view) this.tracks.watchOnly(this.view, this.tileZoom, this.selected.get());
    this.onPositions();
  }

  event(m: StreamEvent): void {
    switch (m.type) {
      case "identity":
        this.tracks.setIdentity(m.identity);
        return;
      case "gone":
        this.tracks.remove(m.slot);
        this.onPositions();
        return;
      case "alert": {
        const before = this.alerts.upsert(m.alert);
        this.markSeverity(m.alert);
        this.onAlert(m.alert, before);
        this.onPositions();
        return;
      }
      case "zones":
        if (m.zones_seq <= this.zones.seq) return; // already in what was read
        if (m.reload) {
          void this.readZones();
          return;
        }
        if (this.zonesWanted) this.zonesMeanwhile.push(m);
        this.zones.apply(m.upsert ?? [], m.remove ?? []);
        this.zones.seq = m.zones_seq;
        return;
      case "source":
        this.sources.set(new Map(this.sources.get()).set(m.source.id, m.source));
        return;
      case "storage":
        this.storage.set(m.storage);
        return;
      case "alert_gone":
        this.alerts.remove(m.alert_id);
        this.onPositions();
        return;
      case "stored":
        this.alerts.stored(m.alerts ?? []);
        return;
    }
  }

  health(h: Health): void {
    learnServerTime(h.at);
    this.liveness.health(Date.parse(h.at), mark());
    this.healthState.set(h);
    if (this.condition.get() !== "live") this.tick(); // at once when the picture comes back; else the ticker's time will do
  }

  track(t: TrackView): void {
    if (t.aircraft_id === this.selected.get()) this.selectedTrack.set(t);
  }

  frame(f: Frame): void {
    const t0 = performance.now();
    this.tracks.apply(f, t0, t0 - this.framePath.of(f.timeMs, t0));
    this.frames++;
    this.lastFrameMs = performance.now() - t0;
    this.onPositions();
  }

  connection(state: ConnectionState, attempt: number): void {
    this.connectionState.set({ state, attempt });
    this.tick();
  }

  scopeChanged(): void {
    this.onScope();
  }

  private async readZones(): Promise<void> {
    if (this.zonesWanted) return;
    this.zonesWanted = true;
    for (let wait = 1000; !this.stopped; wait = Math.min(wait * 2, 15_000)) {
      try {
        const { features, seq } = await fetchZones();
        this.zones.replace(features);
        // Publications that came while it was being read lie beyond it.
        this.zones.seq = seq;
        for (const z of this.zonesMeanwhile.filter((e) => e.zones_seq > seq)) {
          this.zones.apply(z.upsert ?? [], z.remove ?? []);
          this.zones.seq = z.zones_seq;
        }
        this.zonesMeanwhile = [];
        break;
      } catch (err) {
        console.warn("zones", err);
        await new Promise((r) => setTimeout(r, wait));
      }
    }
    this.zonesWanted = false;
  }

  // An alert can be raised in the same instant as its position frame or before it; the ring must not wait.
  private markSeverity(a: Alert): void {
    if (a.state === "resolved") return;
    for (const m of membersOf(a)) {
      const slot = m.kind === "aircraft" ? this.tracks.slotOf(m.id) : undefined;
      if (slot !== undefined && severityRank(a.severity) > (this.tracks.severity[slot] ?? 0)) this.tracks.setSeverity(slot, a.severity);
    }
  }

  private markSeverities(): void {
    for (const a of this.alerts.get().active) this.markSeverity(a);
  }
}
