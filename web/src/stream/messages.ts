// What comes as JSON text on the stream (docs/stream.md).

import type { Alert, Health, Identity, Source, Storage, TrackView, ZoneFeature } from "../vocabulary";

export interface Hello {
  type: "hello";
  protocol: number;
  server_time: string;
  version: string;
  region: string;
  user: { name: string; roles?: string[] };
  flush_ms?: number;
  tile_zoom?: number;
}

export interface Snapshot {
  type: "snapshot";
  seq: number;
  identities: Identity[];
  alerts: Alert[];
  sources?: Source[];
  zones_seq?: number;
  health?: Health;
  storage?: Storage;
}

export type StreamEvent =
  | { type: "identity"; seq: number; identity: Identity }
  | { type: "gone"; seq: number; slot: number; aircraft_id?: string }
  | { type: "alert"; seq: number; alert: Alert }
  | { type: "zones"; seq: number; zones_seq: number; reload?: boolean; upsert?: ZoneFeature[]; remove?: string[] }
  | { type: "alert_gone"; seq: number; alert_id: string }
  | { type: "source"; seq: number; source: Source }
  | { type: "storage"; seq: number; storage: Storage }
  | { type: "stored"; seq: number; alerts: { id: string; rev: number }[] };

export type StreamMessage =
  | Hello
  | Snapshot
  | StreamEvent
  | { type: "health"; health: Health }
  | { type: "track"; track: TrackView };

export interface ViewBox {
  west: number;
  south: number;
  east: number;
  north: number;
}
