import { Select } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../../clock";
import { say, withDemo } from "../../words";
import { validity } from "../days";
import { allowed, organisationName, owns, useAdmin } from "../parts/context";
import { EntryForm, type Values } from "../parts/EntryForm";
import { Phone } from "../parts/Phone";
import { Register, type Opened } from "../parts/Register";
import { Confirm, Facts, Tag, Validity } from "../parts/Small";
import { ownedChoices } from "../parts/choices";
import { fetchAircraft, removeAircraft, saveAircraft } from "../rest";
import type { Aircraft } from "../types";
import { aircraftBody, aircraftFields, aircraftStart, MassNote } from "./form";

type Show = "all" | "soon" | "ended" | "unknown";

export default function AircraftRegister() {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [show, setShow] = useState<Show>("all");
  const passes = useCallback((a: Aircraft) => show === "all" || validity(a.insured_until, serverNow()).state === show, [show]);
  const mayWrite = allowed(admin, "register.write");
  const name = (a: Aircraft): string => withDemo(say(a.name) || a.id, a.demo === true);
  const kind = (a: Aircraft): string => t(`class.${a.class || "unknown"}`) + (a.agricultural ? ` · ${t("class.agricultural")}` : "");
  return (
    <Register<Aircraft>
      title={t("admin.sections.aircraft")} none={t("admin.aircraft.none")} noneHint={t("admin.aircraft.noneHint")}
      read={fetchAircraft} idOf={(a) => a.id} nameOf={name} passes={passes}
      searchable={(a) => [a.id, a.name?.zh, a.name?.en, a.model, a.serial, a.registration_mark, ...(a.remote_ids ?? []), a.icao_address, organisationName(admin, a.organisation_id)].join(" ")}
      filters={<Select<Show> className="afilter" aria-label={t("admin.field.insured_until")} value={show} onChange={setShow} options={(["all", "soon", "ended", "unknown"] as const).map((v) => ({ value: v, label: t(`admin.aircraft.show.${v}`) }))} />}
      columns={[
        { key: "name", title: t("admin.field.name"), width: 150, cell: name, sort: (a, b) => name(a).localeCompare(name(b), "zh") },
        { key: "id", title: t("admin.field.id"), width: 170, cell: (a) => a.id, sort: (a, b) => (a.id < b.id ? -1 : 1) },
        { key: "class", title: t("admin.field.class"), width: 130, cell: kind, sort: (a, b) => (a.takeoff_mass_kg ?? 0) - (b.takeoff_mass_kg ?? 0) },
        { key: "model", title: t("admin.field.model"), width: 150, cell: (a) => a.model || "–" },
        { key: "scenario", title: t("admin.field.scenario"), width: 110, cell: (a) => (a.scenario ? t(`scenario.${a.scenario}`) : "–") },
        { key: "organisation", title: t("admin.field.organisation_id"), width: 190, cell: (a) => organisationName(admin, a.organisation_id), sort: (a, b) => (a.organisation_id < b.organisation_id ? -1 : 1) },
        { key: "registration", title: t("admin.field.registration_mark"), width: 150, cell: (a) => a.registration_mark || "–" },
        { key: "insured", title: t("admin.field.insured_until"), width: 230, cell: (a) => <Validity day={a.insured_until} />, sort: (a, b) => ((a.insured_until || "9") < (b.insured_until || "9") ? -1 : 1) },
      ]}
      card={(a) => ({ title: name(a), side: kind(a), lines: [`${a.id} · ${a.model || "–"}`, organisationName(admin, a.organisation_id), <>{t("admin.field.insured_until")} <Validity day={a.insured_until} /></>] })}
      create={mayWrite ? { word: t("admin.aircraft.create"), form: (close, done) => <Edit row={null} onCancel={close} onDone={done} /> } : undefined}
      opened={(o) => <One {...o} kind={kind(o.row)} />}
    />
  );
}

function One({ row, changed, close, kind }: Opened<Aircraft> & { kind: string }) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [editing, setEditing] = useState(false);
  const mine = allowed(admin, "register.write") && owns(admin.user, row.organisation_id);
  if (editing) return <Edit row={row} onCancel={() => setEditing(false)} onDone={() => { setEditing(false); changed(); }} />;
  const kg = (v: number | undefined): string => (v === undefined ? "–" : `${v}\u2009kg`);
  return (
    <>
      <Facts facts={[
        [t("admin.field.id"), row.id], [t("admin.field.class"), kind],
        [t("admin.field.masses"), `${kg(row.empty_mass_kg)} / ${kg(row.takeoff_mass_kg)}`],
        [t("admin.field.model"), row.model], [t("admin.field.scenario"), row.scenario ? t(`scenario.${row.scenario}`) : ""],
        [t("admin.field.organisation_id"), organisationName(admin, row.organisation_id)],
        [t("admin.field.insured_until"), <Validity day={row.insured_until} />],
        [t("admin.field.serial"), row.serial], [t("admin.field.registration_mark"), row.registration_mark], [t("admin.field.remote_ids"), (row.remote_ids ?? []).join(", ")], [t("admin.field.icao_address"), row.icao_address?.toUpperCase()],
        [t("admin.field.contact_name"), row.contact_name], [t("admin.field.contact_phone"), <Phone kind="aircraft" id={row.id} has={row.has_phone} />],
      ]} />
      {row.demo && <p><Tag>{t("demo.mark")}</Tag></p>}
      {mine ? (
        <div className="aactions">
          <button type="button" className="control" onClick={() => setEditing(true)} data-testid="edit">{t("admin.edit")}</button>
          <Confirm word={t("admin.remove")} ask={t("admin.aircraft.removeAsk")} failed={t("admin.notRemoved")} act={() => removeAircraft(row.id).then(() => { close(); changed(); })} testid="remove" />
        </div>
      ) : allowed(admin, "register.write") && <p className="dim">{t("admin.notOwned")}</p>}
    </>
  );
}

function Edit({ row, onCancel, onDone }: { row: Aircraft | null; onCancel: () => void; onDone: (id: string) => void }) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const save = (v: Values): Promise<void> => {
    const id = row?.id ?? String(v["id"]).trim();
    return saveAircraft({ id, ...aircraftBody(v) }).then(() => onDone(id));
  };
  return (
    <EntryForm
      fields={() => aircraftFields(t, row, ownedChoices(admin))} start={aircraftStart(row, admin.user.organisation?.id ?? "")} submit={t(row ? "admin.save" : "admin.aircraft.create")} failed={t("admin.notSaved")}
      save={save} onCancel={onCancel} note={(v) => <MassNote v={v} />} noteAfter="takeoff_mass_kg"
    />
  );
}
