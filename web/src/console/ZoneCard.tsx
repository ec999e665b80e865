import { useTranslation } from "react-i18next";
import { calendarDay, clockTime, serverNow } from "../clock";
import { useObservable, useTick } from "../hooks";
import { zoneMark, zoneName, zoneTimes } from "../layers/label-text";
import { activeAt, hasEvents } from "../picture/applicability";
import { limitsText } from "../picture/limits";
import type { DrawnZone } from "../picture/zones";
import { quantity, say } from "../words";
import { useDesk } from "./desk";

const MOST_VOLUMES = 5;

/** The zone that was clicked on the map: what it asks, between which heights, when, and whose it is. */
export function ZoneCard() {
  const desk = useDesk();
  const id = useObservable(desk.world.selectedZone);
  const zone = useObservable(desk.world.zones).get(id);
  const page = useObservable(desk.page);
  return zone && page === "" ? <Card zone={zone} /> : null;
}

function Card({ zone: z }: { zone: DrawnZone }) {
  const { t } = useTranslation();
  const desk = useDesk();
  useTick(1000);
  const now = serverNow();
  const p = z.feature.properties;
  const active = activeAt(z.periods, now);
  const words = (zh: string | undefined, en: string | undefined): string => say({ zh: zh ?? "", en: en ?? "" });
  const contact = p.contacts?.find((c) => c.phone || c.email);
  const facts: [string, React.ReactNode][] = [];
  const put = (key: string, value: React.ReactNode): void => void (value && facts.push([key, value]));
  put(t("zoneCard.limits"), z.volumes.slice(0, MOST_VOLUMES).map((v, i) => <span key={i} className="volume">{limitsText(v.floor, v.ceiling)}</span>));
  if (z.volumes.length > MOST_VOLUMES) put("", t("zoneCard.more", { n: z.volumes.length - MOST_VOLUMES }));
  put(t("zoneCard.buffer"), z.buffer > 0 && quantity(z.buffer, "m"));
  put(t("zoneCard.band"), p.warning_band_m !== undefined && p.warning_band_m > 0 && quantity(p.warning_band_m, "m"));
  put(t("zoneCard.validity"), z.periods.length === 0 ? t("zoneCard.always") : `${t(active ? "zoneCard.applies" : "zoneCard.not")}${times(z, now)}`);
  put("", hasEvents(z.periods) && t("zoneCard.events"));
  put(t("zoneCard.conditions"), words(p.conditions_zh, p.conditions_en));
  put(t("zoneCard.message"), words(p.message_zh, p.message_en));
  put(t("zoneCard.reason"), words(p.reason_zh, p.reason_en));
  put(t("zoneCard.authority"), [p.authority, contact && say(contact.name), contact?.phone, contact?.email].filter(Boolean).join(" · "));
  put(t("zoneCard.source"), [z.superior && `${t("zone.superiorMark")} ${z.superior}`, p.source].filter(Boolean).join(" · "));
  put(t("zoneCard.version"), `v${z.version}${p.published_at ? ` · ${published(p.published_at)}` : ""}`);
  return (
    <article className="zone-card" data-testid="zone-card" data-zone={z.id} data-obstacle aria-label={t("map.kind.zone")}>
      <header>
        <span className="tag" data-restriction={z.restriction} data-temporary={z.temporary || undefined}>{zoneMark(z)}</span>
        <b className="ellipsis">{zoneName(z)}</b>
        <span className="tag">{t(`restriction.${z.restriction}`)}</span>
        <button className="control quiet small" aria-label={t("app.close")} onClick={() => desk.world.selectedZone.set("")}>✕</button>
      </header>
      <dl className="facts">{facts.map(([k, v], i) => <div key={i}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>
      <footer>
        <span className="dim ellipsis">{z.id}</span>
        <button className="control small" data-testid="zone-open" onClick={() => { desk.zone.set(z.id); desk.page.set("zones"); }}>{t("zoneCard.open")}</button>
      </footer>
    </article>
  );
}

function times(z: DrawnZone, now: number): string {
  const text = zoneTimes(z, now);
  return text && ` · ${text}`;
}

function published(iso: string): string {
  const t = Date.parse(iso);
  if (!Number.isFinite(t)) return "";
  const { month, day } = calendarDay(t);
  return `${new Date(t + 8 * 3600_000).getUTCFullYear()}-${month}-${day} ${clockTime(t).slice(0, 5)}`;
}
