import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDesk } from "../../console/desk";
import { zoneMark, zoneName } from "../../layers/label-text";
import { zoneLimits } from "../../picture/limits";
import { CHANGES, countReasons, countRemarks, remarkText, sortRemarks, type Change, type PreviewZone } from "./rows";
import { REMARK_KINDS, type ImportAnswer, type Remark, type RemarkKind } from "./upload";
import { VirtualList } from "./VirtualList";

const ROW = 46;

type Tab = "zones" | "remarks";

/** What was read: counts, zones, remarks; below, the publication or what came of it. */
export function Outcome({ answer: a, zones, busy, onPublish }: {
  answer: ImportAnswer; zones: PreviewZone[]; busy: boolean; onPublish: (p: { reason: string; withoutRefused: boolean }) => void;
}) {
  const { t } = useTranslation();
  const n = a.counts;
  const remarks = useMemo(() => sortRemarks(a.remarks), [a]);
  const kinds = useMemo(() => countRemarks(a.remarks), [a]);
  const [tab, setTab] = useState<Tab>(n.refused > 0 && !a.published ? "remarks" : "zones");
  // After publishing, the list is of what is new in force.
  const [only, setOnly] = useState<Change | null>(null);
  const [kind, setKind] = useState<RemarkKind | null>(null);
  const [code, setCode] = useState("");
  const listed = zones.filter((z) => (only ? z.change === only : !a.published || z.change !== "same"));
  const ofKind = kind ? remarks.filter((m) => m.kind === kind) : remarks;
  const reasons = useMemo(() => countReasons(ofKind), [remarks, kind]);
  const told = reasons.some((r) => r.code === code) ? ofKind.filter((m) => m.code === code) : ofKind;
  return (
    <>
      <p className="import-counts" data-testid="import-counts">
        {a.published ? <b role="status">{t("zoneImport.published", { n: n.new + n.changed + n.ended })}</b> : <b>{t("zoneImport.accepted", { accepted: n.accepted, read: n.read })}</b>}
        <span className="dim">{t(`zoneImport.formatName.${a.format}` as "zoneImport.formatName.auto", { defaultValue: a.format })} · {t(`zoneImport.system.${a.crs}` as "zoneImport.system.wgs84", { defaultValue: a.crs })}</span>
      </p>
      <div className="import-chips">
        {CHANGES.map((c) => <Chip key={c} word={t(`zoneImport.change.${c}`)} count={n[c]} swatch={c} on={tab === "zones" && only === c} onPress={() => { setTab("zones"); setOnly(only === c && tab === "zones" ? null : c); }} />)}
        {n.ended > 0 && <span className="chip" data-strong title={a.ended.slice(0, 50).join("\n")}>{t("zoneImport.ended")} <b>{n.ended}</b></span>}
        <i />
        {REMARK_KINDS.map((k) => <Chip key={k} word={t(`zoneImport.kind.${k}`)} count={k === "refused" ? Math.max(n.refused, kinds.refused) : kinds[k]} strong={k === "refused" && n.refused > 0} on={tab === "remarks" && kind === k} onPress={() => { setTab("remarks"); setKind(kind === k && tab === "remarks" ? null : k); }} />)}
      </div>
      <div className="import-tabs" role="tablist">
        <button role="tab" aria-selected={tab === "zones"} onClick={() => setTab("zones")}>{t("zoneImport.zones")} <b>{listed.length}</b></button>
        <button role="tab" aria-selected={tab === "remarks"} data-testid="import-remarks" onClick={() => setTab("remarks")}>{t("zoneImport.remarks")} <b>{told.length}</b></button>
      </div>
      {tab === "remarks" && reasons.length > 1 && (
        <select className="field import-reasons" value={code} aria-label={t("zoneImport.byReason")} onChange={(e) => setCode(e.target.value)}>
          <option value="">{t("zoneImport.byReason")}</option>
          {reasons.map((r) => <option key={r.code} value={r.code}>{r.text} · {r.count}</option>)}
        </select>
      )}
      {tab === "zones"
        ? <VirtualList key="zones" count={listed.length} height={ROW} label={t("zoneImport.zones")} row={(i) => <ZoneRow key={listed[i]!.key} z={listed[i]!} />} />
        : <VirtualList key="remarks" count={told.length} height={ROW} label={t("zoneImport.remarks")} row={(i) => <RemarkRow key={i} m={told[i]!} zones={zones} />} />}
      {!a.published && <Publish answer={a} busy={busy} onPublish={onPublish} />}
    </>
  );
}

function Chip({ word, count, on, swatch, strong = false, onPress }: { word: string; count: number; on: boolean; swatch?: Change; strong?: boolean; onPress: () => void }) {
  return (
    <button className="chip" aria-pressed={on} data-strong={strong || undefined} onClick={onPress}>
      {swatch && <svg width="18" height="8" aria-hidden="true"><path d="M1 4H17" data-change={swatch} /></svg>}{word} <b>{count}</b>
    </button>
  );
}

function ZoneRow({ z: { key, zone, change } }: { z: PreviewZone }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const point = (k: number): void => desk.map.get()?.markPreview(k);
  return (
    <button className="import-row" role="listitem" data-testid="import-zone" data-change={change} onMouseEnter={() => point(key)} onMouseLeave={() => point(-1)} onFocus={() => point(key)}
      onClick={() => { point(key); desk.map.get()?.fitBeside(zone.box); }}>
      <span className="tag">{zoneMark(zone)}</span><b className="ellipsis">{zoneName(zone)}</b><span className="change">{t(`zoneImport.change.${change}`)}</span>
      <span className="second ellipsis">{zoneLimits(zone)} · {zone.id}</span>
    </button>
  );
}

function RemarkRow({ m, zones }: { m: Remark; zones: PreviewZone[] }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const known = m.zone ? zones.find((z) => z.zone.id === m.zone) : undefined;
  const name = known ? zoneName(known.zone) : (m.zone ?? t("zoneImport.noId"));
  return (
    <button className="import-row" role="listitem" data-testid="import-remark" data-kind={m.kind} data-code={m.code} disabled={!known} title={`${m.problem}\n${m.place}`}
      onMouseEnter={() => known && desk.map.get()?.markPreview(known.key)} onClick={() => known && desk.map.get()?.fitBeside(known.zone.box)}>
      <span className="tag">{t(`zoneImport.kind.${m.kind}`)}</span><b className="ellipsis">{name}</b><span className="change ellipsis">{m.place}</span>
      <span className="second ellipsis">{remarkText(m)}</span>
    </button>
  );
}

/** All or nothing; leaving refused zones out takes a word of its own. */
function Publish({ answer: a, busy, onPublish }: { answer: ImportAnswer; busy: boolean; onPublish: (p: { reason: string; withoutRefused: boolean }) => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [without, setWithout] = useState(false);
  const n = a.counts;
  const many = n.new + n.changed + n.ended;
  const blocked = n.refused > 0 && !without;
  const why = many === 0 ? t("zoneImport.nothing") : blocked ? t("zoneImport.blocked") : !reason.trim() ? t("zoneImport.needReason") : "";
  return (
    <form className="import-publish" onSubmit={(e) => { e.preventDefault(); onPublish({ reason: reason.trim(), withoutRefused: without }); }}>
      {n.refused > 0 && (
        <label className="consent"><input type="checkbox" checked={without} data-testid="import-without" onChange={(e) => setWithout(e.target.checked)} />{t("zoneImport.without", { n: n.refused })}</label>
      )}
      <input className="field" value={reason} maxLength={500} placeholder={t("zoneImport.reasonHint")} aria-label={t("zoneImport.reason")} data-testid="import-reason" onChange={(e) => setReason(e.target.value)} />
      <footer>
        <span className="dim">{why}</span>
        <button className="control primary" disabled={busy || why !== ""} data-testid="import-publish">{t("zoneImport.publish", { n: many })}</button>
      </footer>
    </form>
  );
}
