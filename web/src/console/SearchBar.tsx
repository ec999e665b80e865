import { useMemo, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { useObservable, useTick } from "../hooks";
import { say, shortName } from "../words";
import { useDesk, type Desk } from "./desk";
import { FilterMenu } from "./FilterMenu";

interface Hit {
  key: string;
  kind: "aircraft" | "zone" | "place";
  name: string;
  detail: string;
  go(): void;
}

const MOST = 9;

export function SearchBar({ inputRef }: { inputRef: RefObject<HTMLInputElement | null> }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const region = useObservable(desk.region);
  const zones = useObservable(desk.world.zones);
  const hits = useMemo(() => (open && query.trim() ? search(desk, query) : []), [desk, query, open, region, zones]);
  const choose = (h: Hit | undefined): void => {
    if (!h) return;
    h.go();
    setOpen(false);
    inputRef.current?.blur();
  };
  return (
    <div className="searchbar" data-obstacle>
      <div className="search">
        <svg width="14" height="14" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" aria-hidden="true"><circle cx="8" cy="8" r="4.5" /><path d="M11.5 11.5L15.5 15.5" /></svg>
        <input ref={inputRef} value={query} placeholder={t("map.search")} aria-label={t("map.search")} data-testid="search" spellCheck={false}
          onFocus={() => setOpen(true)} onBlur={() => setTimeout(() => setOpen(false), 150)}
          onChange={(e) => { setQuery(e.target.value); setAt(0); setOpen(true); }}
          onKeyDown={(e) => {
            if (e.key === "ArrowDown") setAt((i) => Math.min(i + 1, hits.length - 1));
            else if (e.key === "ArrowUp") setAt((i) => Math.max(i - 1, 0));
            else if (e.key === "Enter") choose(hits[at]);
            else return;
            e.preventDefault();
          }} />
        <kbd>/</kbd>
        {open && query.trim() !== "" && (
          <div className="hits" role="listbox">
            {hits.map((h, i) => (
              <button key={h.key} role="option" aria-selected={i === at} onMouseDown={(e) => e.preventDefault()} onClick={() => choose(h)}>
                <span className="tag">{t(`map.kind.${h.kind}`)}</span><b>{h.name}</b><span className="dim ellipsis">{h.detail}</span>
              </button>
            ))}
            {hits.length === 0 && <div className="dim nohit">{t("map.noHit", { q: query })}</div>}
          </div>
        )}
      </div>
      <FilterMenu />
      <Shown />
    </div>
  );
}

/** How many aircraft the map shows of those it knows a place of. */
function Shown() {
  const { t } = useTranslation();
  const desk = useDesk();
  useTick(1000);
  const { tracks } = desk.world;
  let all = 0;
  for (let s = 0; s < tracks.used; s++) if (tracks.hasFix[s] && !tracks.unnamed(s)) all++;
  return <span className="shown dim">{t("filter.shown", { shown: desk.map.get()?.aircraft.drawn ?? 0, all })}</span>;
}

function search(desk: Desk, query: string): Hit[] {
  const q = query.trim().toLowerCase();
  const has = (...words: (string | undefined)[]): boolean => words.some((w) => w?.toLowerCase().includes(q));
  const hits: Hit[] = [];
  const { tracks, zones } = desk.world;
  for (let s = 0; s < tracks.used && hits.length < MOST; s++) {
    const i = tracks.identities[s];
    if (!i || i.anonymous || !has(i.aircraft_id, i.name?.zh, i.name?.en, i.model)) continue;
    hits.push({
      key: `a ${i.aircraft_id}`, kind: "aircraft", name: shortName(i.name, i.aircraft_id, !!(i.demo || i.simulated)), detail: `${i.aircraft_id} ${i.model ?? ""}`,
      go() {
        desk.world.select(i.aircraft_id);
        if (!tracks.hasFix[s]) return;
        const p = tracks.position(s);
        desk.map.get()?.flyTo(p.longitude, p.latitude);
      },
    });
  }
  for (const z of zones.get().values()) {
    if (hits.length >= MOST * 2 || !has(z.id, z.name.zh, z.name.en)) continue;
    hits.push({ key: `z ${z.id}`, kind: "zone", name: shortName(z.name, z.id, z.demo), detail: z.id, go: () => desk.map.get()?.flyTo(z.centre[0], z.centre[1]) });
  }
  const region = desk.region.get();
  const seats = region.jurisdictions.flatMap((j) => (j.seat ? [{ name: j.name, ...j.seat }] : []));
  for (const p of [...seats, ...region.places]) {
    if (!has(p.name.zh, p.name.en)) continue;
    hits.push({ key: `p ${p.name.zh} ${p.longitude_deg}`, kind: "place", name: say(p.name), detail: "", go: () => desk.map.get()?.flyTo(p.longitude_deg, p.latitude_deg, 11.5) });
  }
  return hits.slice(0, MOST);
}
