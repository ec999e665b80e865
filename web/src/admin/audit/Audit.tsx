import { DatePicker, Input, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAdmin } from "../parts/context";
import { instant } from "../parts/format";
import { Listing } from "../parts/Listing";
import { useLoaded } from "../parts/loaded";
import { Page, Side } from "../parts/Page";
import { Body } from "../parts/Register";
import { fetchAudit } from "../rest";
import type { AuditEntry } from "../types";
import { Failure } from "../parts/Failure";
import { EntrySide } from "./EntrySide";
import { ACTIONS, GROUPS, NOTHING, auditQuery, type Search } from "./query";
import { Verify } from "./Verify";
import { useWords } from "./words";

const TYPED_MS = 400;

/** The audit trail: who did what to which thing, when, from where; newest first. */
export default function Audit() {
  const { t } = useTranslation();
  const admin = useAdmin();
  const say = useWords();
  const [typed, setTyped] = useState<Search>(NOTHING);
  const [search, setSearch] = useState<Search>(NOTHING);
  const [older, setOlder] = useState<{ entries: AuditEntry[]; next: string } | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed), TYPED_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const key = JSON.stringify(search);
  const first = useLoaded(() => fetchAudit(auditQuery(search, "")), key);
  useEffect(() => { setOlder(null); setError(null); }, [first.data]);
  const entries = [...(first.data?.entries ?? []), ...(older?.entries ?? [])];
  const next = older ? older.next : (first.data?.next ?? "");
  const more = (): void => {
    setError(null);
    fetchAudit(auditQuery(search, next)).then((a) => setOlder({ entries: [...(older?.entries ?? []), ...a.entries], next: a.next }), setError);
  };
  const open = entries.find((e) => String(e.seq) === admin.id);
  const set = (part: Partial<Search>): void => setTyped((s) => ({ ...s, ...part }));
  const any = JSON.stringify(typed) !== JSON.stringify(NOTHING);
  const list = { ...first, data: first.data ? entries : null };
  return (
    <Page
      title={t("admin.sections.audit")} count={first.data ? t(next ? "admin.audit.countMore" : "admin.count", { n: entries.length }) : ""} acts={<Verify />}
      side={open && <Side key={open.seq} title={`${say.action(open.action)} · ${open.seq}`} onClose={() => admin.open("")}><EntrySide entry={open} /></Side>}
    >
      <div className="afilters" role="search">
        <Input className="afilter" allowClear placeholder={t("admin.audit.by")} aria-label={t("admin.audit.by")} value={typed.by} onChange={(e) => set({ by: e.target.value })} />
        <Select
          className="afilter" aria-label={t("admin.audit.action")} value={typed.action} onChange={(v: string) => set({ action: v })} showSearch={{ optionFilterProp: "label" }} popupMatchSelectWidth={false}
          options={[{ value: "", label: t("admin.audit.allActions") }, ...GROUPS.map((g) => ({ label: t(`admin.group.${g}`), options: [...(ACTIONS.filter((a) => a.startsWith(`${g}.`)).length > 1 ? [{ value: `${g}.*`, label: t("admin.audit.group", { name: t(`admin.group.${g}`) }) }] : []), ...ACTIONS.filter((a) => a.startsWith(`${g}.`)).map((a) => ({ value: a, label: say.action(a) }))] }))]}
        />
        <Input className="afilter" allowClear placeholder={t("admin.audit.objectHint")} aria-label={t("admin.audit.object")} value={typed.object} onChange={(e) => set({ object: e.target.value })} />
        <DatePicker.RangePicker
          className="arange" aria-label={t("admin.audit.range")} allowEmpty={[true, true]} value={[typed.from ? dayjs(typed.from) : null, typed.to ? dayjs(typed.to) : null]} inputReadOnly={admin.phone}
          onChange={(v: [Dayjs | null, Dayjs | null] | null) => set({ from: v?.[0]?.format("YYYY-MM-DD") ?? "", to: v?.[1]?.format("YYYY-MM-DD") ?? "" })}
        />
        <span className="dim azone">{t("admin.audit.zone")}</span>
        {any && <button type="button" className="control quiet" onClick={() => setTyped(NOTHING)}>{t("admin.audit.clear")}</button>}
      </div>
      <Body list={list} shown={entries.length} none={t(any ? "admin.audit.noneFound" : "admin.audit.none")} noneHint={any ? t("admin.audit.noneFoundHint") : ""}>
        <Listing<AuditEntry>
          rows={entries} idOf={(e) => String(e.seq)} selected={admin.id} onOpen={admin.open} label={t("admin.sections.audit")}
          columns={[
            { key: "at", title: t("admin.audit.at"), width: 150, cell: (e) => instant(e.at, true) },
            { key: "by", title: t("admin.audit.by"), width: 150, cell: (e) => e.by },
            { key: "action", title: t("admin.audit.action"), width: 160, cell: (e) => say.action(e.action) },
            { key: "object", title: t("admin.audit.object"), width: 250, cell: (e) => say.object(e.object) },
            { key: "detail", title: t("admin.audit.detail"), width: 260, cell: (e) => e.detail || "–" },
            { key: "from", title: t("admin.audit.from"), width: 140, cell: (e) => e.from || "–" },
            { key: "seq", title: t("admin.audit.seq"), width: 90, cell: (e) => e.seq },
          ]}
          card={(e) => ({ title: say.action(e.action), side: instant(e.at, true), lines: [`${e.by} · ${e.from || "–"}`, say.object(e.object), e.detail] })}
        />
      </Body>
      {error !== null && <Failure title={t("admin.notRead")} error={error} />}
      {next && <div className="amorebar"><button type="button" className="control" onClick={more} data-testid="audit-more">{t("admin.audit.more")}</button></div>}
    </Page>
  );
}
