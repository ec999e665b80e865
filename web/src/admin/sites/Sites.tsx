import { useState } from "react";
import { useTranslation } from "react-i18next";
import { say, withDemo } from "../../words";
import { ownedChoices, entered, filled } from "../parts/choices";
import { allowed, organisationName, owns, useAdmin } from "../parts/context";
import { EntryForm, type Values } from "../parts/EntryForm";
import { Register, type Opened } from "../parts/Register";
import { Confirm, Facts } from "../parts/Small";
import { fetchSites, removeSite, saveSite } from "../rest";
import type { Site } from "../types";

function place(s: Site): string {
  return `${s.position.longitude_deg.toFixed(5)}, ${s.position.latitude_deg.toFixed(5)}`;
}

export default function Sites() {
  const { t } = useTranslation();
  const admin = useAdmin();
  const name = (s: Site): string => withDemo(say(s.name) || s.id, s.demo === true);
  const where = (s: Site): string => (s.jurisdiction_ids?.[0] ? admin.jurisdiction(s.jurisdiction_ids[0]) : "–");
  return (
    <Register<Site>
      title={t("admin.sections.sites")} none={t("admin.sites.none")} noneHint={t("admin.sites.noneHint")}
      read={fetchSites} idOf={(s) => s.id} nameOf={name} searchable={(s) => [s.id, s.name.zh, s.name.en, s.device_id, where(s), organisationName(admin, s.organisation_id)].join(" ")}
      columns={[
        { key: "name", title: t("admin.field.name"), width: 190, cell: name, sort: (a, b) => name(a).localeCompare(name(b), "zh") },
        { key: "kind", title: t("admin.field.kind"), width: 100, cell: (s) => t(`admin.siteKind.${s.kind}`), sort: (a, b) => (a.kind < b.kind ? -1 : 1) },
        { key: "id", title: t("admin.field.id"), width: 160, cell: (s) => s.id },
        { key: "organisation", title: t("admin.field.organisation_id"), width: 210, cell: (s) => organisationName(admin, s.organisation_id) },
        { key: "where", title: t("admin.field.jurisdiction_id"), width: 140, cell: where, sort: (a, b) => where(a).localeCompare(where(b), "zh") },
        { key: "position", title: t("admin.field.position"), width: 190, cell: place },
        { key: "device", title: t("admin.field.device_id"), width: 170, cell: (s) => s.device_id || "–" },
      ]}
      card={(s) => ({ title: name(s), side: t(`admin.siteKind.${s.kind}`), lines: [`${organisationName(admin, s.organisation_id)} · ${where(s)}`, s.device_id && `${t("admin.field.device_id")} ${s.device_id}`] })}
      create={allowed(admin, "register.write") ? { word: t("admin.sites.create"), form: (close, done) => <Edit row={null} onCancel={close} onDone={done} /> } : undefined}
      opened={(o) => <One {...o} where={where(o.row)} />}
    />
  );
}

function One({ row, changed, close, where }: Opened<Site> & { where: string }) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [editing, setEditing] = useState(false);
  if (editing) return <Edit row={row} onCancel={() => setEditing(false)} onDone={() => { setEditing(false); changed(); }} />;
  const height = row.position.altitude_amsl_m;
  return (
    <>
      <Facts facts={[
        [t("admin.field.id"), row.id], [t("admin.field.kind"), t(`admin.siteKind.${row.kind}`)], [t("admin.field.organisation_id"), organisationName(admin, row.organisation_id)], [t("admin.field.jurisdiction_id"), where],
        [t("admin.field.position"), `${place(row)} (WGS-84)`], [t("admin.field.altitude"), height === undefined ? "" : `${t("datum.amsl")} ${height}\u2009m`],
        [t("admin.field.device_id"), row.device_id && allowed(admin, "devices.read") ? <button type="button" className="alink" onClick={() => admin.go("devices", row.device_id)}>{row.device_id}</button> : row.device_id],
      ]} />
      {allowed(admin, "register.write") && (owns(admin.user, row.organisation_id) ? (
        <div className="aactions">
          <button type="button" className="control" onClick={() => setEditing(true)} data-testid="edit">{t("admin.edit")}</button>
          <Confirm word={t("admin.remove")} ask={t("admin.sites.removeAsk")} failed={t("admin.notRemoved")} act={() => removeSite(row.id).then(() => { close(); changed(); })} testid="remove" />
        </div>
      ) : <p className="dim">{t("admin.notOwned")}</p>)}
    </>
  );
}

function Edit({ row, onCancel, onDone }: { row: Site | null; onCancel: () => void; onDone: (id: string) => void }) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const save = (v: Values): Promise<void> => {
    const id = row?.id ?? String(v["id"]).trim();
    const zh = entered(v["name_zh"]) ?? "";
    const height = v["altitude"];
    return saveSite({
      id, ...filled({
        kind: v["kind"], name: { zh, en: entered(v["name_en"]) ?? zh }, organisation_id: v["organisation_id"], device_id: entered(v["device_id"]),
        position: { longitude_deg: v["longitude"], latitude_deg: v["latitude"], ...(typeof height === "number" ? { altitude_amsl_m: height, ...(row?.position.amsl_geoid && height === row.position.altitude_amsl_m ? { amsl_geoid: row.position.amsl_geoid } : {}) } : {}) },
      }),
    }).then(() => onDone(id));
  };
  return (
    <EntryForm
      start={{
        id: row?.id ?? "", kind: row?.kind ?? "dock", name_zh: row?.name.zh ?? "", name_en: row?.name.en ?? "", organisation_id: row?.organisation_id ?? admin.user.organisation?.id ?? "",
        longitude: row?.position.longitude_deg ?? null, latitude: row?.position.latitude_deg ?? null, altitude: row?.position.altitude_amsl_m ?? null, device_id: row?.device_id ?? "",
      }}
      fields={[
        { key: "name_zh", label: t("admin.field.name_zh"), kind: "text", required: true }, { key: "name_en", label: t("admin.field.name_en"), kind: "text" },
        { key: "id", label: t("admin.field.id"), kind: "text", required: true, disabled: row !== null, pattern: /^[A-Za-z0-9._-]{1,64}$/, patternHint: t("admin.form.id") },
        { key: "kind", label: t("admin.field.kind"), kind: "select", required: true, choices: (["dock", "pad"] as const).map((k) => ({ value: k, label: t(`admin.siteKind.${k}`) })) },
        { key: "organisation_id", label: t("admin.field.organisation_id"), kind: "select", required: true, choices: ownedChoices(admin), wide: true },
        { key: "longitude", label: t("admin.field.longitude"), kind: "number", required: true, unit: "°", placeholder: "114.28500" }, { key: "latitude", label: t("admin.field.latitude"), kind: "number", required: true, unit: "°", placeholder: "29.84800" },
        { key: "altitude", label: t("admin.field.altitude"), kind: "number", unit: "m" }, { key: "device_id", label: t("admin.field.device_id"), kind: "text", hint: t("admin.sites.deviceHint") },
      ]}
      submit={t(row ? "admin.save" : "admin.sites.create")} failed={t("admin.notSaved")} save={save} onCancel={onCancel}
    />
  );
}
