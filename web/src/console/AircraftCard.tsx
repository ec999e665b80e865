import { useTranslation } from "react-i18next";
import { useObservable, useTick } from "../hooks";
import { drawGlyph } from "../layers/atlas";
import { heightColour } from "../map/palette";
import { GLYPHS } from "../picture/kinds";
import { concerns } from "../picture/pairs";
import type { Alert, HeightSource, Identity, TrackView } from "../vocabulary";
import { TrackState } from "../vocabulary";
import { serverNow } from "../clock";
import { ageText, zoneName } from "../layers/label-text";
import { figure, shortName } from "../words";
import { bandsAt } from "./bands";
import { useDesk } from "./desk";
import { HeightProfile } from "./HeightProfile";

/** The selected aircraft: at most eight readings, what cannot be judged, and the height of the last minutes. */
export function AircraftCard() {
  const desk = useDesk();
  const id = useObservable(desk.world.selected);
  const track = useObservable(desk.world.selectedTrack);
  useTick(500);
  const slot = desk.world.tracks.slotOf(id);
  const identity = slot === undefined ? undefined : desk.world.tracks.identities[slot];
  if (!id || (!identity && !track)) return null;
  return <Card id={id} slot={slot} identity={identity} track={track} />;
}

function Card({ id, slot, identity, track }: { id: string; slot: number | undefined; identity: Identity | undefined; track: TrackView | null }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const follow = useObservable(desk.follow);
  const lists = useObservable(desk.world.alerts);
  const { tracks } = desk.world;
  const now = performance.now();
  const fixed = slot !== undefined && tracks.hasFix[slot] === 1;
  const agl = fixed ? tracks.agl[slot]! : NaN;
  const climb = fixed ? tracks.climb[slot]! : NaN;
  const speed = fixed ? tracks.speed[slot]! : NaN;
  const course = fixed ? tracks.course[slot]! : NaN;
  const age = fixed ? tracks.age(slot, now) : NaN;
  const stale = fixed && (tracks.stale(slot, now) || desk.world.pulse.get().condition === "stopped");
  const state = stale && tracks.state[slot!] !== TrackState.lost && tracks.state[slot!] !== TrackState.offline ? "stale" : stateWord(fixed ? tracks.state[slot]! : 0);
  const demo = !!(identity?.demo || identity?.simulated || track?.demo || track?.simulated);
  const scenario = identity?.scenario ?? track?.scenario;
  const cls = identity?.class || track?.class || "unknown";
  const alert = lists.active.find((a) => concerns(a, id));
  const source = heightSource(track, agl);
  const limit = heightLimit(lists.active, id);
  const place = fixed ? tracks.position(slot) : undefined;
  const bands = place ? bandsAt(desk.world.zones.get().values(), [place.longitude, place.latitude], track?.position, serverNow()) : { drawn: [], told: [] };
  return (
    <article className="aircraft-card" data-testid="aircraft-card" data-aircraft={id} data-obstacle aria-label={t("card.title")}>
      <header>
        <Glyph glyph={slot === undefined ? 0 : tracks.glyph[slot]!} colour={stale ? "#8a949d" : heightColour(agl)} />
        <b className="ellipsis">{shortName(identity?.name ?? track?.name, id, demo)}</b>
        {scenario && <span className="tag">{t(`scenario.mark.${scenario}`)}</span>}
        <span className="dim ellipsis">{[identity?.model || track?.model, identity?.agricultural ? t("class.agricultural") : t(`class.${cls}`)].filter(Boolean).join(" · ")}</span>
        {identity && identity.registered === false && <span className="tag">{t("card.unregistered")}</span>}
        <span className="tag state" data-state={state}>{t(`state.${state}`)}</span>
        <button className="control quiet small" aria-label={t("card.close")} onClick={() => { desk.world.select(""); desk.follow.set(false); }}>✕</button>
      </header>
      {!fixed && !track && <p className="dim">{t("card.noTrack")}</p>}
      <dl className="readings">
        <Reading word={t("card.agl")} value={figure(agl)} unit="m" known={agl === agl} arrow={climb > 0.3 ? "↑" : climb < -0.3 ? "↓" : ""} hint={t(`height.${source}`)} />
        <Reading word={t("card.climb")} value={(climb > 0 ? "+" : "") + figure(climb, 1)} unit="m/s" known={climb === climb} />
        <Reading word={t("card.speed")} value={figure(speed, 1)} unit="m/s" known={speed === speed} />
        <Reading word={t("card.course")} value={`${figure(course)}°`} unit="" known={course === course} />
        <Reading word={t("card.battery")} value={figure(track?.battery_pct ?? NaN)} unit="%" known={track?.battery_pct !== undefined} />
        <Reading word={t("card.link")} value={figure(track?.link_pct ?? NaN)} unit="%" known={track?.link_pct !== undefined} />
        <Reading word={t("card.age")} value={age < 10 ? age.toFixed(1) : ageText(age).replace(/\u2009s$/, "")} unit={age < 100 ? "s" : ""} known={fixed} />
        <Reading word={t("card.accuracy")} value={`${accuracy(track?.horizontal_accuracy_m)} / ${accuracy(track?.vertical_accuracy_m)}`} unit="m"
          known={track?.horizontal_accuracy_m !== undefined || track?.vertical_accuracy_m !== undefined} />
      </dl>
      <p className="source dim">{t("card.agl")}: {t(`height.${source}`)}{source === track?.height?.from && track.height.bound_m ? ` ±${figure(track.height.bound_m)}\u2009m` : ""}</p>
      {track?.unjudged && track.unjudged.length > 0 && <p className="unjudged" data-testid="unjudged">{t("card.unjudged", { list: unjudgedList(track, t) })}</p>}
      {fixed && desk.map.get() && <HeightProfile samples={[...desk.map.get()!.ring.history(slot)]} limit={limit} bands={bands.drawn} />}
      {bands.told.length > 0 && <p className="source dim" data-testid="bands-told">{bands.told.slice(0, 3).map((b) => `${zoneName(b.zone)} ${b.text}`).join(" · ")}</p>}
      <footer>
        <span className="dim ellipsis">{id} · {t("card.source", { id: identity?.source_id || track?.source_id || "–" })}</span>
        {alert && <button className="control small" onClick={() => desk.openAlert(alert.id, false)}>{t("map.kind.alert")}</button>}
        <button className="control quiet small" aria-pressed={follow} onClick={() => desk.follow.set(!follow)}>{follow ? t("card.following") : t("card.follow")} <kbd>F</kbd></button>
      </footer>
    </article>
  );
}

function Reading({ word, value, unit, known, arrow = "", hint }: { word: string; value: string; unit: string; known: boolean; arrow?: string; hint?: string }) {
  return (
    <div title={hint}>
      <dt>{word}</dt>
      <dd>{known ? <>{value}{arrow && <i> {arrow}</i>}{unit && <small>{"\u2009"}{unit}</small>}</> : "–"}</dd>
    </div>
  );
}

function Glyph({ glyph, colour }: { glyph: number; colour: string }) {
  return (
    <canvas width={44} height={44} className="glyph" aria-hidden="true" ref={(canvas) => {
      const c = canvas?.getContext("2d");
      const kind = GLYPHS[glyph];
      if (!c || !kind) return;
      c.setTransform(2, 0, 0, 2, 22, 22);
      c.clearRect(-11, -11, 22, 22);
      c.fillStyle = c.strokeStyle = colour;
      drawGlyph(c, kind, false);
    }} />
  );
}

const STATES = ["unknown", "ground", "airborne", "emergency", "lost", "offline", "unconfirmed"] as const;
function stateWord(s: number): (typeof STATES)[number] {
  return STATES[s] ?? "unknown";
}

function accuracy(v: number | undefined): string {
  return v === undefined ? "–" : figure(v, v < 10 ? 1 : 0);
}

/** What the height above ground rests on: the evidence it was judged by, where that is what is shown. */
function heightSource(track: TrackView | null, agl: number): HeightSource | "none" {
  if (!(agl === agl)) return track?.height?.from ?? "none";
  if (track?.position?.height_agl_m !== undefined) return "reported_agl";
  if (track?.height?.from === "terrain" && Math.abs((track.height.metres ?? NaN) - agl) < 5) return "terrain";
  return track?.position?.height_takeoff_m !== undefined ? "flat_ground" : "terrain";
}

function heightLimit(active: readonly Alert[], id: string): number | undefined {
  return active.find((a) => a.object.id === id && a.hazard === "height" && a.unit === "m")?.limit;
}

function unjudgedList(track: TrackView, t: ReturnType<typeof useTranslation>["t"]): string {
  const parts = (track.unjudged ?? []).map((u) => `${t(`hazard.${u.hazard}` as "hazard.none", { defaultValue: u.hazard })} (${t(`unjudged.${u.reason}` as "unjudged.other", { defaultValue: u.reason })})`);
  return [...new Set(parts)].slice(0, 4).join(", ");
}
