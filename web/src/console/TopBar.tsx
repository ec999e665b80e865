import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Status, User } from "../api";
import { calendarDay, clockTime, serverNow } from "../clock";
import { useObservable, useTick } from "../hooks";
import { setLanguage } from "../i18n";
import type { Region } from "../picture/regions";
import { language, say } from "../words";
import type { Severity, Text } from "../vocabulary";
import { severityRank } from "../vocabulary";
import { useDesk } from "./desk";
import { Logo } from "./Logo";
import { SeverityMark } from "./SeverityMark";
import { SoundButton } from "./SoundButton";
import { SystemState } from "./SystemState";

export function TopBar({ onDrawer, drawer }: { onDrawer: () => void; drawer: boolean }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const region = useObservable(desk.region);
  const status = useObservable(desk.status);
  const zones = useObservable(desk.world.zones);
  const demo = status?.demo === true || region.demo || [...zones.values()].some((z) => z.demo);
  return (
    <header className="topbar">
      <div className="group brand"><Logo /><b>Lowsky</b>{demo && <span className="tag" data-testid="demo">{t("demo.data")}</span>}</div>
      {say(region.name) && <div className="group region-name"><span className="ellipsis">{ground(desk.user, region)}</span></div>}
      <PictureAge />
      <Reporting />
      <Counts />
      <span className="spacer" />
      <SystemState />
      <SoundButton />
      <UserMenu />
      <Clock />
      <button className="control small drawer-button" onClick={onDrawer} aria-expanded={drawer}>{t("triage.panel")}</button>
    </header>
  );
}

/** Whose picture it is: the region's; a county's own; a company's, by its name. */
function ground(user: User, region: Region): string {
  const o = user.organisation;
  if (o?.kind === "company") return say(o.name);
  return (o?.kind === "county" && say(region.jurisdictions.find((j) => j.id === o.jurisdiction_id)?.name)) || say(region.name);
}

function Reporting() {
  const { t } = useTranslation();
  const desk = useDesk();
  const health = useObservable(desk.world.healthState);
  useTick(1000);
  // The picture's own figures are of the whole platform: who sees a part is told of that part.
  if (!desk.user.scope?.all || desk.user.scope.scenarios?.length) {
    const { tracks } = desk.world;
    return (
      <div className="group" data-testid="reporting">
        <span className="dim">{t(desk.user.scope?.anonymous ? "top.own" : "top.inScope")}</span><b data-testid="own-count">{tracks.size}</b>
        {desk.user.scope?.anonymous && <><span className="dim">{t("top.nearby")}</span><b data-testid="nearby-count">{tracks.anonymous}</b></>}
      </div>
    );
  }
  return (
    <div className="group" data-testid="reporting">
      <span className="dim">{t("top.reporting")}</span>
      <b>{health ? health.reporting : "–"}</b><span className="dim">/ {health ? health.aircraft : "–"}</span>
      {health && health.unjudged > 0 && <span className="dim wide">{t("top.unjudged", { n: health.unjudged })}</span>}
    </div>
  );
}

/** The age of the picture: bold when late, white when stopped; the first thing to look at. */
function PictureAge() {
  const { t } = useTranslation();
  const desk = useDesk();
  const { ageMs, condition } = useObservable(desk.world.pulse);
  const connection = useObservable(desk.world.connectionState);
  const word = condition === "late" ? t("top.late") : condition === "stopped" ? t("top.stopped") : condition === "unknown" ? t("top.waiting") : t("top.age");
  return (
    <div className="group age" data-condition={condition} data-testid="picture-age" role="timer">
      <span className="dot" />{(condition === "live" || condition === "late") && <span className="word">{t("top.live")}</span>}
      <span className="dim word">{word}</span>
      {condition !== "unknown" && <b>{ageMs < 100_000 ? (ageMs / 1000).toFixed(1) : Math.floor(ageMs / 1000)}{"\u2009"}s</b>}
      {connection.state === "resyncing" && <span className="dim">{t("top.resyncing")}</span>}
    </div>
  );
}

const SHOWN: readonly Exclude<Severity, "none">[] = ["warning", "caution", "advisory", "info"];

function Counts() {
  const { t } = useTranslation();
  const desk = useDesk();
  const { counts } = useObservable(desk.world.alerts);
  const filter = useObservable(desk.filter);
  const toggle = (rank: number): void => {
    const only = filter.severities.size === 1 && filter.severities.has(rank);
    desk.filter.set({ ...filter, severities: only ? new Set() : new Set([rank]) });
  };
  return (
    <div className="group counts" aria-label={t("top.openAlerts")}>
      {SHOWN.map((s) => (
        <button key={s} className="count" aria-label={`${t(`severity.${s}`)} ${counts[s]}`} aria-pressed={filter.severities.has(severityRank(s))} data-testid={`count-${s}`} onClick={() => toggle(severityRank(s))}>
          <SeverityMark severity={s} size={14} /><b>{counts[s]}</b><span className="dim">{t(`top.${s}`)}</span>
        </button>
      ))}
    </div>
  );
}

function UserMenu() {
  const { t } = useTranslation();
  const desk = useDesk();
  const [open, setOpen] = useState(false);
  const hello = useObservable(desk.world.helloState);
  const status = useObservable(desk.status);
  return (
    <div className="group usermenu">
      <button className="quietbutton" aria-expanded={open} aria-label={t("top.menu")} onClick={() => setOpen(!open)} data-testid="user-menu">
        <svg width="14" height="14" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" aria-hidden="true"><circle cx="9" cy="6" r="3.2" /><path d="M3 16c.6-3.4 3-5 6-5s5.4 1.6 6 5" /></svg>
        <span className="username">{desk.user.name}</span>
      </button>
      <button className="quietbutton dim" data-testid="language" onClick={() => setLanguage(language() === "zh" ? "en" : "zh")}>{t("top.language")}</button>
      {open && (
        <div className="menu" role="menu">
          <div data-testid="user-organisation">{say(desk.user.organisation?.name)}</div>
          <div className="dim" data-testid="user-roles">{(desk.user.roles ?? []).map((r) => t(`role.${r as "auditor"}`, { defaultValue: r })).join(" · ")}</div>
          {hello && <div className="dim">Lowsky {hello.version}</div>}
          {desk.user.scope?.all && status?.dji?.configured === false && <div>{say(djiMessage(status)) || t("top.djiMissingHint")}</div>}
          <button role="menuitem" className="control" data-testid="open-account" onClick={() => { setOpen(false); desk.page.set("account"); }}>{t("nav.account")}</button>
          <button role="menuitem" className="control" data-testid="sign-out" onClick={desk.signOut}>{t("top.signOut")}</button>
        </div>
      )}
    </div>
  );
}

/** Why docks stay offline, in the server's own words where it gives them. */
function djiMessage(status: Status): Text | undefined {
  const m = status.dji?.message;
  return m?.zh && m.en ? { zh: m.zh, en: m.en } : undefined;
}

function Clock() {
  const { t } = useTranslation();
  useObservable(useDesk().world.pulse); // twice a second, together with the age
  const now = serverNow();
  const { month, day, weekday } = calendarDay(now);
  return (
    <div className="group clock">
      <span className="dim date">{month}-{day} {t(`weekday.${weekday}`)}</span>
      <time>{clockTime(now)}</time><span className="dim zone">{t("top.zone")}</span>
    </div>
  );
}
