import { useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { clockTime, serverNow } from "../clock";
import { useDesk } from "../console/desk";
import { useObservable, useTick } from "../hooks";
import type { Restriction } from "../vocabulary";
import { language, quantity } from "../words";
import { useMinute, usePage } from "./context";
import { fromFeature, newDraft } from "./draft";
import type { SavedDraft } from "./drafts";
import { ExportMenu } from "./ExportMenu";
import type { Feature } from "./feature";
import { EVERYTHING, SORTS, counts, entryOf, find, visibleRows, type Entry, type Query, type Sort } from "./list";
import { Icon, RestrictionMark } from "./Mark";
import { validityWords, zoneLimits, zoneName } from "./phrases";
import { FACETS, type Facet } from "./validity";

const ROW = 58;
const RESTRICTIONS: readonly Restriction[] = ["prohibited", "requires_authorisation", "conditional", "no_restriction"];

interface Props {
  features: ReadonlyMap<string, Feature>;
  query: Query;
  setQuery(q: Query): void;
  scroll: RefObject<number>;
  onOpen(f: Feature): void;
  onClose(): void;
}

export function ZoneList({ features, query, setQuery, scroll, onOpen, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const page = usePage();
  const minute = useMinute();
  const [selecting, setSelecting] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const asked = useDeferredValue(query);
  const entries = useMemo(() => [...features.values()].map((f) => entryOf(f, minute)), [features, minute]);
  const found = useMemo(() => find(entries, asked, language()), [entries, asked, i18n.language]);
  const number = useMemo(() => counts(entries), [entries]);
  const set = (patch: Partial<Query>): void => setQuery({ ...query, ...patch });
  const narrowed = query.text !== "" || query.restrictions.size > 0 || query.facet !== "";
  const choose = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const exported = selecting && chosen.size > 0 ? [...chosen] : [];
  return (
    <>
      <header className="zhead">
        <h2>{t("zones.title")}</h2>
        <span className="dim" data-testid="zone-count">{narrowed ? t("zones.of", { n: found.length, all: entries.length }) : t("zones.count", { n: entries.length })}</span>
        <span className="grow" />
        {page.mayEdit && <button className="control small" onClick={page.importFile} data-testid="zone-import">{t("zones.import")}</button>}
        <ExportMenu small ids={exported} label={exported.length > 0 ? t("zones.exports.chosen", { n: exported.length }) : t("zones.exports.all")} />
        <button className="zicon" aria-label={t("zones.close")} title={t("zones.close")} onClick={onClose}><Icon name="close" /></button>
      </header>
      <div className="zfilters">
        <label className="zsearch">
          <Icon name="search" size={14} />
          <input type="search" value={query.text} placeholder={t("zones.search")} aria-label={t("zones.search")} spellCheck={false} data-testid="zone-search" onChange={(e) => set({ text: e.target.value })} />
        </label>
        <div className="zchips" role="group" aria-label={t("zones.field.restriction")}>
          {RESTRICTIONS.map((r) => (
            <button key={r} className="zchip" aria-pressed={query.restrictions.has(r)} title={t(`restriction.${r}`)} onClick={() => {
              const next = new Set(query.restrictions);
              if (!next.delete(r)) next.add(r);
              set({ restrictions: next });
            }}>
              <RestrictionMark restriction={r} /><span className="ellipsis">{t(`restriction.${r}`)}</span>
            </button>
          ))}
        </div>
        <div className="zselects">
          <select className="field" aria-label={t("zones.filterBy")} value={query.facet} data-testid="zone-facet" onChange={(e) => set({ facet: e.target.value as Facet | "" })}>
            <option value="">{`${t("zones.filterBy")} ${t("zones.all")}`}</option>
            {FACETS.map((f) => <option key={f} value={f}>{`${t(`zones.facet.${f}`)} ${number.get(f) ?? 0}`}</option>)}
          </select>
          <select className="field" aria-label={t("zones.sortBy")} value={query.sort} onChange={(e) => set({ sort: e.target.value as Sort })}>
            {SORTS.map((s) => <option key={s} value={s}>{`${t("zones.sortBy")} ${t(`zones.sort.${s}`)}`}</option>)}
          </select>
          <button className="control quiet small" aria-pressed={selecting} onClick={() => { setSelecting(!selecting); setChosen(new Set()); }}>{selecting ? t("zones.selectDone") : t("zones.select")}</button>
        </div>
        {selecting && (
          <div className="zchosen">
            <span>{t("zones.selected", { n: chosen.size })}</span>
            <button className="control quiet small" onClick={() => setChosen(new Set(found.map((e) => e.id)))}>{t("zones.selectAll")}</button>
          </div>
        )}
      </div>
      <Drafts features={features} />
      <Rows found={found} all={entries.length} scroll={scroll} selecting={selecting} chosen={chosen} onChoose={choose} onOpen={onOpen} onClear={() => setQuery({ ...EVERYTHING, sort: query.sort })} />
      {page.mayEdit && (
        <footer className="zfoot">
          <button className="control primary" data-testid="zone-new" onClick={() => {
            const stamp = new Date(serverNow()).toISOString().slice(0, 10).replaceAll("-", "");
            const key = `zone-${stamp}-${Math.random().toString(36).slice(2, 7)}`;
            page.edit(`new:${key}`, newDraft(key));
          }}><Icon name="plus" />{t("zones.create")}</button>
        </footer>
      )}
    </>
  );
}

/** Only the rows in sight are made: two thousand zones cost as much as twenty. */
function Rows({ found, all, scroll, selecting, chosen, onChoose, onOpen, onClear }: {
  found: readonly Entry[]; all: number; scroll: RefObject<number>; selecting: boolean; chosen: ReadonlySet<string>; onChoose(id: string): void; onOpen(f: Feature): void; onClear(): void;
}) {
  const { t } = useTranslation();
  const desk = useDesk();
  const health = useObservable(desk.world.healthState);
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: scroll.current, height: 800 });
  const [at, setAt] = useState(-1);
  useTick(1000); // time left of temporary zones
  const now = serverNow();
  useLayoutEffect(() => {
    const e = box.current;
    if (!e) return;
    e.scrollTop = scroll.current;
    const sizes = new ResizeObserver(() => setView({ top: e.scrollTop, height: e.clientHeight }));
    sizes.observe(e);
    return () => sizes.disconnect();
  }, [scroll]);
  // A list that got shorter, or a scroll whose event was swallowed: what is in sight is asked of the box itself.
  useLayoutEffect(() => {
    const e = box.current;
    if (e && (e.scrollTop !== view.top || e.clientHeight !== view.height)) setView({ top: e.scrollTop, height: e.clientHeight });
  });
  useEffect(() => setAt((i) => Math.min(i, found.length - 1)), [found]);
  const [first, last] = visibleRows(view.top, view.height, ROW, found.length);
  const go = (i: number): void => {
    const to = Math.max(0, Math.min(found.length - 1, i));
    setAt(to);
    const e = box.current;
    if (!e) return;
    if (to * ROW < e.scrollTop) e.scrollTop = to * ROW;
    else if ((to + 1) * ROW > e.scrollTop + e.clientHeight) e.scrollTop = (to + 1) * ROW - e.clientHeight;
  };
  const key = (e: React.KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -1e9, End: 1e9 }[e.key];
    const entry = found[at];
    if (step) go(at + step);
    else if (e.key === "Enter" && entry) onOpen(entry.feature);
    else if (e.key === " " && entry && selecting) onChoose(entry.id);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <div ref={box} className="zrows" role="listbox" tabIndex={0} aria-label={t("zones.title")} aria-multiselectable={selecting || undefined} aria-activedescendant={at >= 0 ? `zone-row-${at}` : undefined}
      onKeyDown={key} onFocus={(e) => at < 0 && e.target === e.currentTarget && found.length > 0 && setAt(first)} onScroll={(e) => {
        scroll.current = e.currentTarget.scrollTop;
        setView({ top: e.currentTarget.scrollTop, height: e.currentTarget.clientHeight });
      }}>
      {found.length === 0 && (
        <div className="empty small">
          {all > 0 ? (
            <><b>{t("zones.hidden", { n: all })}</b><button className="control primary" onClick={onClear}>{t("filter.clear")}</button></>
          ) : health && health.zones > 0 ? <b>{t("zones.waiting")}</b> : <><b>{t("zones.none")}</b><span>{t("zones.noneHint")}</span></>}
        </div>
      )}
      <div style={{ height: found.length * ROW, position: "relative" }}>
        {found.slice(first, last).map((e, k) => (
          <Row key={e.id} entry={e} index={first + k} now={now} count={found.length} active={first + k === at} selecting={selecting} chosen={chosen.has(e.id)} onPress={() => {
            setAt(first + k);
            if (selecting) onChoose(e.id);
            else onOpen(e.feature);
          }} />
        ))}
      </div>
    </div>
  );
}

function Row({ entry, index, count, now, active, selecting, chosen, onPress }: { entry: Entry; index: number; count: number; now: number; active: boolean; selecting: boolean; chosen: boolean; onPress(): void }) {
  const { t } = useTranslation();
  const p = entry.feature.properties;
  const facts = [p.superior ? `${p.superior} ${t("zones.readOnly")}` : p.source || (p.demo ? t("demo.mark") : t("zones.own")), t("zones.version", { n: p.version ?? 0 }), p.buffer_m ? t("zones.buffer", { v: quantity(p.buffer_m, "m") }) : ""].filter(Boolean);
  return (
    <div id={`zone-row-${index}`} role="option" aria-selected={selecting ? chosen : active} aria-setsize={count} aria-posinset={index + 1} className="zrow" data-active={active || undefined}
      data-off={entry.validity.state === "now" ? undefined : true} data-testid="zone-row" data-zone-id={entry.id} style={{ top: index * ROW }} onClick={onPress}>
      {selecting ? <span className="zbox" data-on={chosen || undefined}>{chosen && <Icon name="check" size={14} />}</span> : <RestrictionMark restriction={entry.restriction} temporary={p.temporary === true} />}
      <b className="ellipsis">{zoneName(entry.feature)}</b>
      <span className="state">{validityWords(entry.validity, p.temporary === true, now)}</span>
      <span className="limits ellipsis">{zoneLimits(entry.feature)}</span>
      <span className="facts ellipsis">{facts.join(" · ")}</span>
    </div>
  );
}

function Drafts({ features }: { features: ReadonlyMap<string, Feature> }) {
  const { t } = useTranslation();
  const page = usePage();
  const [list, setList] = useState(() => page.shelf.list());
  const gone = page.dropped;
  if (list.length === 0 && !gone) return null;
  const discard = (d: SavedDraft): void => {
    page.shelf.remove(d.key);
    page.discarded(d);
    setList(page.shelf.list());
  };
  return (
    <section className="zdrafts" aria-label={t("zones.draft.title")}>
      {list.map((d) => {
        const current = features.get(d.draft.id);
        const name = d.draft.nameZh || d.draft.nameEn || t("zones.draft.noName");
        const version = current?.properties.version ?? 0;
        return (
          <div className="zdraft" key={d.key} data-testid="zone-draft">
            <span className="tag">{t("zones.draft.mark")}</span>
            <b className="ellipsis">{(document.documentElement.lang === "en" && d.draft.nameEn) || name}</b>
            <span className="dim ellipsis">
              {d.draft.base > 0 ? t("zones.draft.of", { n: d.draft.base }) : t("zones.draft.fresh")}{d.draft.base > 0 && version > d.draft.base ? ` · ${t("zones.draft.stale", { n: version })}` : ""} · {clockTime(d.savedAt).slice(0, 5)}
            </span>
            <button className="control small" onClick={() => page.edit(d.key, d.draft.base > 0 && current && version === d.draft.base ? fromFeature(current) : { ...newDraft(d.draft.id), base: d.draft.base }, d.draft)}>{t("zones.draft.resume")}</button>
            <button className="zicon" aria-label={t("zones.draft.discard")} title={t("zones.draft.discard")} onClick={() => discard(d)}><Icon name="trash" /></button>
          </div>
        );
      })}
      {gone && (
        <div className="zdraft" role="status">
          <span className="dim grow">{t("zones.draft.discarded")}</span>
          <button className="control small" onClick={() => { page.shelf.save(gone); page.discarded(null); setList(page.shelf.list()); }}>{t("zones.draft.undo")}</button>
        </div>
      )}
    </section>
  );
}
