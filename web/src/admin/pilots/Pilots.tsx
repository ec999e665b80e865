import { useState } from "react";
import { useTranslation } from "react-i18next";
import { withDemo } from "../../words";
import { ownedChoices, entered, filled } from "../parts/choices";
import { allowed, organisationName, owns, useAdmin } from "../parts/context";
import { EntryForm, type Values } from "../parts/EntryForm";
import { Phone } from "../parts/Phone";
import { Register, type Opened } from "../parts/Register";
import { Confirm, Facts, Validity } from "../parts/Small";
import { fetchPilots, removePilot, savePilot } from "../rest";
import type { Pilot } from "../types";

const CLASSES = ["micro", "light", "small", "medium", "large"] as const;

export default function Pilots() {
  const { t } = useTranslation();
  const admin = useAdmin();
  const classes = (p: Pilot): string => (p.classes ?? []).map((c) => t(`class.${c}`)).join(", ") || "–";
  const name = (p: Pilot): string => withDemo(p.name, p.demo === true);
  return (
    <Register<Pilot>
      title={t("admin.sections.pilots")} none={t("admin.pilots.none")} noneHint={t("admin.pilots.noneHint")}
      read={fetchPilots} idOf={(p) => p.id} nameOf={name} searchable={(p) => [p.id, p.name, p.licence, p.username, organisationName(admin, p.organisation_id)].join(" ")}
      columns={[
        { key: "name", title: t("admin.field.name"), width: 160, cell: name, sort: (a, b) => a.name.localeCompare(b.name, "zh") },
        { key: "id", title: t("admin.field.id"), width: 150, cell: (p) => p.id, sort: (a, b) => (a.id < b.id ? -1 : 1) },
        { key: "organisation", title: t("admin.field.organisation_id"), width: 210, cell: (p) => organisationName(admin, p.organisation_id), sort: (a, b) => (a.organisation_id < b.organisation_id ? -1 : 1) },
        { key: "licence", title: t("admin.field.licence"), width: 190, cell: (p) => p.licence || "–" },
        { key: "classes", title: t("admin.field.classes"), width: 160, cell: classes },
        { key: "until", title: t("admin.field.licence_until"), width: 230, cell: (p) => <Validity day={p.licence_until} />, sort: (a, b) => ((a.licence_until || "9") < (b.licence_until || "9") ? -1 : 1) },
        { key: "phone", title: t("admin.field.phone"), width: 110, cell: (p) => (p.has_phone ? t("admin.phone.has") : "–") },
        { key: "username", title: t("admin.field.username"), width: 130, cell: (p) => p.username || "–" },
      ]}
      card={(p) => ({ title: name(p), side: classes(p), lines: [organisationName(admin, p.organisation_id), <>{t("admin.field.licence_until")} <Validity day={p.licence_until} /></>] })}
      create={allowed(admin, "register.write") ? { word: t("admin.pilots.create"), form: (close, done) => <Edit row={null} onCancel={close} onDone={done} /> } : undefined}
      opened={(o) => <One {...o} classes={classes(o.row)} />}
    />
  );
}

function One({ row, changed, close, classes }: Opened<Pilot> & { classes: string }) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [editing, setEditing] = useState(false);
  if (editing) return <Edit row={row} onCancel={() => setEditing(false)} onDone={() => { setEditing(false); changed(); }} />;
  return (
    <>
      <Facts facts={[
        [t("admin.field.id"), row.id], [t("admin.field.organisation_id"), organisationName(admin, row.organisation_id)],
        [t("admin.field.licence"), row.licence], [t("admin.field.licence_until"), <Validity day={row.licence_until} />], [t("admin.field.classes"), classes],
        [t("admin.field.phone"), <Phone kind="pilot" id={row.id} has={row.has_phone} />], [t("admin.field.username"), row.username],
      ]} />
      {allowed(admin, "register.write") && (owns(admin.user, row.organisation_id) ? (
        <div className="aactions">
          <button type="button" className="control" onClick={() => setEditing(true)} data-testid="edit">{t("admin.edit")}</button>
          <Confirm word={t("admin.remove")} ask={t("admin.pilots.removeAsk")} failed={t("admin.notRemoved")} act={() => removePilot(row.id).then(() => { close(); changed(); })} testid="remove" />
        </div>
      ) : <p className="dim">{t("admin.notOwned")}</p>)}
    </>
  );
}

function Edit({ row, onCancel, onDone }: { row: Pilot | null; onCancel: () => void; onDone: (id: string) => void }) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const save = (v: Values): Promise<void> => {
    const id = row?.id ?? String(v["id"]).trim();
    return savePilot({
      id, ...filled({
        name: entered(v["name"]), organisation_id: v["organisation_id"], phone: entered(v["phone"]), licence: entered(v["licence"]), licence_until: entered(v["licence_until"]), classes: v["classes"] ?? [], username: entered(v["username"]),
      }),
    }).then(() => onDone(id));
  };
  return (
    <EntryForm
      start={{ id: row?.id ?? "", name: row?.name ?? "", organisation_id: row?.organisation_id ?? admin.user.organisation?.id ?? "", phone: "", licence: row?.licence ?? "", licence_until: row?.licence_until ?? "", classes: row?.classes ?? [], username: row?.username ?? "" }}
      fields={[
        { key: "name", label: t("admin.field.name"), kind: "text", required: true }, { key: "id", label: t("admin.field.id"), kind: "text", required: true, disabled: row !== null, pattern: /^[A-Za-z0-9._-]{1,64}$/, patternHint: t("admin.form.id") },
        { key: "organisation_id", label: t("admin.field.organisation_id"), kind: "select", required: true, choices: ownedChoices(admin), wide: true },
        { key: "licence", label: t("admin.field.licence"), kind: "text" }, { key: "licence_until", label: t("admin.field.licence_until"), kind: "day" },
        { key: "classes", label: t("admin.field.classes"), kind: "many", choices: CLASSES.map((c) => ({ value: c, label: t(`class.${c}`) })), wide: true },
        { key: "phone", label: t("admin.field.phone"), kind: "text", placeholder: row?.has_phone ? t("admin.phone.keep") : "" }, { key: "username", label: t("admin.field.username"), kind: "text", hint: t("admin.pilots.usernameHint") },
      ]}
      submit={t(row ? "admin.save" : "admin.pilots.create")} failed={t("admin.notSaved")} save={save} onCancel={onCancel}
    />
  );
}
