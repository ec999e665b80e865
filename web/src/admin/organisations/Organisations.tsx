import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { say, withDemo } from "../../words";
import { allowed, useAdmin } from "../parts/context";
import { Listing } from "../parts/Listing";
import { useLoaded } from "../parts/loaded";
import { Page, Side } from "../parts/Page";
import { Body } from "../parts/Register";
import { Empty, Validity } from "../parts/Small";
import { fetchDevices, fetchPilots } from "../rest";
import { OrganisationForm, OrganisationSide } from "./OrganisationSide";
import { branches, type Branch } from "./tree";

/** The tree of organisations, with what each has. */
export default function Organisations() {
  const { t } = useTranslation();
  const admin = useAdmin();
  const list = admin.organisations;
  const [query, setQuery] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [creating, setCreating] = useState(false);
  const pilots = useCounts(() => fetchPilots());
  const devices = useCounts(() => (allowed(admin, "devices.read") ? fetchDevices() : Promise.resolve([])));
  const shown = useMemo(() => {
    const name = (b: { name: { zh: string; en: string } }): string => say(b.name);
    const q = query.trim().toLowerCase();
    const all = branches(list.data ?? [], name, q ? new Set() : closed);
    return q ? all.filter(({ organisation: o }) => [o.id, o.name.zh, o.name.en, o.credit_code].join(" ").toLowerCase().includes(q)) : all;
  }, [list.data, closed, query]);
  const rows = list.data ?? [];
  const row = admin.id ? rows.find((o) => o.id === admin.id) : undefined;
  const close = (): void => { setCreating(false); admin.open(""); };
  const name = (b: Branch): string => withDemo(say(b.organisation.name), b.organisation.demo === true);
  const toggle = (id: string): void => setClosed((c) => { const next = new Set(c); if (!next.delete(id)) next.add(id); return next; });
  const count = (b: Branch, which: "people" | "aircraft" | "pilots" | "devices"): string => {
    const o = b.organisation;
    if ((which === "people" && !allowed(admin, "people.read")) || (which === "devices" && !allowed(admin, "devices.read"))) return "–";
    const n = o[which] ?? (which === "pilots" ? pilots?.get(o.id) ?? (pilots ? 0 : undefined) : which === "devices" ? devices?.get(o.id) ?? (devices ? 0 : undefined) : undefined);
    return n === undefined ? "–" : String(n);
  };
  const state = (b: Branch): React.ReactNode => (b.organisation.disabled ? t("admin.organisations.disabled") : b.organisation.kind === "company" ? <Validity day={b.organisation.certified_until} /> : "");
  const side = creating ? (
    <Side title={t("admin.organisations.create")} onClose={close}><OrganisationForm row={null} onCancel={close} onDone={(id) => { list.reload(); setCreating(false); admin.open(id); }} /></Side>
  ) : row ? (
    <Side key={row.id} title={withDemo(say(row.name), row.demo === true)} onClose={close}><OrganisationSide row={row} changed={list.reload} /></Side>
  ) : admin.id && list.data ? <Side title={admin.id} onClose={close}><Empty title={t("admin.gone")} hint={t("admin.goneHint")} /></Side> : null;
  return (
    <Page
      title={t("admin.sections.organisations")} count={list.data ? t("admin.count", { n: rows.length }) : ""} search={query} onSearch={setQuery} side={side}
      acts={allowed(admin, "register.write") && !admin.user.scope?.organisation_ids?.every((o) => rows.find((r) => r.id === o)?.kind === "company") && <button type="button" className="control primary" onClick={() => { admin.open(""); setCreating(true); }} data-testid="create">{t("admin.organisations.create")}</button>}
    >
      <Body list={list} shown={shown.length} none={t("admin.organisations.none")} noneHint="">
        <Listing
          rows={shown} idOf={(b) => b.organisation.id} selected={admin.id} onOpen={(id) => { setCreating(false); admin.open(id); }} label={t("admin.sections.organisations")}
          columns={[
            {
              key: "name", title: t("admin.field.name"), width: 360, cell: (b) => (
                <span className="abranch" style={{ paddingLeft: b.depth * 20 }}>
                  {b.below > 0 && !query ? (
                    <button type="button" className="afold" aria-expanded={!closed.has(b.organisation.id)} aria-label={t(closed.has(b.organisation.id) ? "admin.organisations.unfold" : "admin.organisations.fold", { name: name(b) })} onClick={(e) => { e.stopPropagation(); toggle(b.organisation.id); }}>
                      <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true"><path d={closed.has(b.organisation.id) ? "M3 1l4 4-4 4" : "M1 3l4 4 4-4"} fill="none" stroke="currentColor" strokeWidth="1.4" /></svg>
                    </button>
                  ) : <span className="afold" />}
                  <span className="ellipsis">{name(b)}</span>
                </span>
              ),
            },
            { key: "kind", title: t("admin.field.kind"), width: 110, cell: (b) => t(`admin.kind.${b.organisation.kind}`) },
            { key: "people", title: t("admin.organisations.people"), width: 80, cell: (b) => count(b, "people") },
            { key: "aircraft", title: t("admin.organisations.aircraft"), width: 80, cell: (b) => count(b, "aircraft") },
            { key: "pilots", title: t("admin.organisations.pilots"), width: 80, cell: (b) => count(b, "pilots") },
            { key: "devices", title: t("admin.organisations.devices"), width: 80, cell: (b) => count(b, "devices") },
            { key: "state", title: t("admin.field.certified_until"), width: 230, cell: state },
            { key: "id", title: t("admin.field.id"), width: 150, cell: (b) => b.organisation.id },
          ]}
          card={(b) => ({
            title: <span style={{ paddingLeft: b.depth * 12 }}>{name(b)}</span>, side: t(`admin.kind.${b.organisation.kind}`),
            lines: [<span style={{ paddingLeft: b.depth * 12 }}>{t("admin.organisations.counts", { people: count(b, "people"), aircraft: count(b, "aircraft"), pilots: count(b, "pilots"), devices: count(b, "devices") })}</span>, b.organisation.kind === "company" && <span style={{ paddingLeft: b.depth * 12 }}>{t("admin.field.certified_until")} {state(b)}</span>],
          })}
        />
      </Body>
    </Page>
  );
}

/** How many rows each organisation has; null while they are not known. */
function useCounts(read: () => Promise<{ organisation_id: string }[]>): ReadonlyMap<string, number> | null {
  const list = useLoaded(read);
  return useMemo(() => {
    if (!list.data) return null;
    const counts = new Map<string, number>();
    for (const r of list.data) counts.set(r.organisation_id, (counts.get(r.organisation_id) ?? 0) + 1);
    return counts;
  }, [list.data]);
}
