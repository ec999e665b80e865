import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useObservable, useTick } from "../hooks";
import { severityRank, type Alert } from "../vocabulary";
import { NO_FILTER, useDesk, type Tab } from "../console/desk";
import { step } from "../console/keys";
import { compareAlerts, isUnowned } from "../picture/alerts";
import { ago, alertObject, hazardName } from "../words";
import { AlertDetail } from "./AlertDetail";
import { AlertRow } from "./AlertRow";
import { arrange, type Arrangement } from "./arrange";

/** New rows wait until the pointer has been still for this long. */
const STILL_MS = 2000;

export function TriagePanel({ onKeys }: { onKeys: () => void }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const lists = useObservable(desk.world.alerts);
  const tab = useObservable(desk.tab);
  const filter = useObservable(desk.filter);
  const open = useObservable(desk.alert);
  useTick(1000);
  const all = useStaying(tab === "pending" ? [...lists.pending, ...lists.closed] : lists.resolved, tab, open);
  const ordered = all.filter((a) => filter.severities.size === 0 || filter.severities.has(severityRank(a.severity)));
  const { arrangement, rows } = useHeldRows(ordered, tab, filter);
  const hidden = all.length - ordered.length;
  return (
    <aside className="triage" data-obstacle aria-label={t("triage.panel")}>
      <header className="tabs" role="tablist">
        <TabButton tab="pending" word={t("triage.pending")} count={lists.pending.length} />
        <TabButton tab="resolved" word={t("triage.resolved")} count={lists.resolved.length} />
      </header>
      <Blind />
      <Announcer />
      {arrangement.waiting.length > 0 && <button className="fresh" onClick={rows.release} data-testid="fresh">{t("triage.fresh", { n: arrangement.waiting.length })}</button>}
      <div className="rows" ref={rows.ref} onPointerMove={rows.moved} onPointerLeave={rows.left}>
        {arrangement.shown.map((id) => {
          const a = lists.byId.get(id);
          if (!a) return null;
          return id === open ? <AlertDetail key={id} alert={a} /> : <AlertRow key={id} alert={a} />;
        })}
        {hidden > 0 && <HiddenNote alerts={all.filter((a) => !ordered.includes(a))} />}
        {all.length === 0 && <Empty tab={tab} />}
      </div>
      <footer>
        <button className="control quiet small" onClick={() => step(desk, 1)}>{t("triage.next")} <kbd>N</kbd></button>
        <button className="control quiet small" disabled={!open} onClick={() => desk.goTo(open)}>{t("triage.locate")} <kbd>G</kbd></button>
        <button className="control quiet small" onClick={onKeys}>{t("triage.keys")} <kbd>?</kbd></button>
      </footer>
    </aside>
  );
}

/**
 * The alerts of a tab, with the opened one where it was even after it has left the tab (it resolved): somebody may be
 * typing a comment in it.
 */
function useStaying(listed: readonly Alert[], tab: Tab, open: string): readonly Alert[] {
  const desk = useDesk();
  const staying = useRef({ id: "", tab });
  const here = listed.some((a) => a.id === open);
  if (here) staying.current = { id: open, tab };
  const a = !here && open !== "" && staying.current.id === open && staying.current.tab === tab ? desk.world.alerts.find(open) : undefined;
  return a ? [...listed, a].sort(compareAlerts) : listed;
}

/** The rows as shown: held still while a pointer moves among them. */
function useHeldRows(ordered: Alert[], tab: Tab, filter: unknown) {
  const desk = useDesk();
  const kept = useRef<Arrangement>({ shown: [], waiting: [] });
  const keptFor = useRef<unknown[]>([]);
  const movedAt = useRef(-Infinity);
  const ref = useRef<HTMLDivElement>(null);
  const [, again] = useState(0);
  const held = performance.now() - movedAt.current < STILL_MS;
  const sameList = keptFor.current[0] === tab && keptFor.current[1] === filter;
  const before = kept.current;
  const arrangement = arrange(before, ordered, held && sameList);
  useEffect(() => {
    // A red row that entered above must not push the row under the pointer: scroll by as much where that is possible.
    if (held && sameList && ref.current && ref.current.scrollTop > 0) {
      const entered = arrangement.shown.filter((id) => !before.shown.includes(id)).length;
      ref.current.scrollTop += entered * 46;
    }
    kept.current = arrangement;
    keptFor.current = [tab, filter];
  });
  const open = desk.alert.get();
  useEffect(() => {
    ref.current?.querySelector(`[data-alert-id="${CSS.escape(open)}"]`)?.scrollIntoView({ block: "nearest" });
  }, [open]);
  const release = (): void => {
    movedAt.current = -Infinity;
    again((n) => n + 1);
  };
  return { arrangement, rows: { ref, release, left: release, moved: () => void (movedAt.current = performance.now()) } };
}

function TabButton({ tab, word, count }: { tab: Tab; word: string; count: number }) {
  const desk = useDesk();
  const current = useObservable(desk.tab);
  return (
    <button role="tab" aria-selected={current === tab} data-testid={`tab-${tab}`} onClick={() => desk.tab.set(tab)}>
      {word} <b>{count}</b>
    </button>
  );
}

/** Says each new red alert once to those who listen instead of look. */
function Announcer() {
  const { t } = useTranslation();
  const desk = useDesk();
  const lists = useObservable(desk.world.alerts);
  const said = useRef<Set<string> | null>(null);
  const [words, say] = useState("");
  useEffect(() => {
    const red = lists.pending.filter((a) => a.severity === "warning" && isUnowned(a));
    const before = said.current;
    said.current = new Set(red.map((a) => a.id));
    const fresh = before ? red.filter((a) => !before.has(a.id)) : red; // on arrival: what is already there
    if (fresh.length > 0) say(fresh.slice(0, 3).map((a) => `${t("severity.warning")}: ${alertObject(a)} ${hazardName(a)}`).join("; "));
  }, [lists, t]);
  return <div className="visually-hidden" role="alert" aria-live="assertive" data-testid="announcer">{words}</div>;
}

/** While the picture is not current the list must not look complete. */
function Blind() {
  const { t } = useTranslation();
  const desk = useDesk();
  const condition = useObservable(desk.world.condition);
  const connection = useObservable(desk.world.connectionState);
  if (condition !== "stopped" && connection.state !== "resyncing") return null;
  return <div className="blind" role="status">{t("triage.blind")}</div>;
}

function HiddenNote({ alerts }: { alerts: Alert[] }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const red = alerts.filter((a) => a.severity === "warning").length;
  return (
    <div className="empty small">
      <b>{t("filter.hides", { n: alerts.length })}{red > 0 && `, ${t("filter.hidesRed", { n: red })}`}</b>
      <button className="control primary" onClick={() => desk.filter.set(NO_FILTER)}>{t("filter.clear")} <kbd>0</kbd></button>
    </div>
  );
}

/** An empty list proves the watch. */
function Empty({ tab }: { tab: Tab }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const health = useObservable(desk.world.healthState);
  const condition = useObservable(desk.world.condition);
  if (tab === "resolved") return <div className="empty">{t("triage.emptyResolved")}</div>;
  if (!health || condition === "unknown") return <Skeleton />;
  if (condition === "stopped") return null; // nothing is being watched: the note above says so
  return (
    <div className="empty" data-testid="empty">
      <b>{t("triage.empty")}</b>
      <span>{t("triage.watching", { aircraft: desk.user.scope?.all && !desk.user.scope.scenarios?.length ? health.aircraft : desk.world.tracks.size, rules: health.rules })}</span>
      <span className="dim">{health.last_judged_at && Date.parse(health.last_judged_at) > 0 ? t("triage.judged", { age: ago(health.last_judged_at) }) : t("triage.notJudged")}</span>
    </div>
  );
}

function Skeleton() {
  return <div className="skeleton" aria-busy="true">{[0, 1, 2, 3].map((i) => <i key={i} />)}</div>;
}
