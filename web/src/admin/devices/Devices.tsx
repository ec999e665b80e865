import { Select } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { duration, serverNow } from "../../clock";
import { withDemo } from "../../words";
import { ownedChoices, entered, filled } from "../parts/choices";
import { allowed, organisationName, owns, useAdmin } from "../parts/context";
import { EntryForm, type Values } from "../parts/EntryForm";
import { instant } from "../parts/format";
import { Register, type Opened } from "../parts/Register";
import { Secret } from "../parts/Secret";
import { Confirm, Facts } from "../parts/Small";
import { createDevice, fetchDevices, renewDevice, revokeDevice } from "../rest";
import { DEVICE_KINDS, type Device } from "../types";
import { mqttExample } from "./example";

type Show = "all" | "connected" | "away" | "refused" | "revoked";

export default function Devices() {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [show, setShow] = useState<Show>("all");
  const passes = useCallback((d: Device) => show === "all" || (show === "revoked" ? !!d.revoked_at : show === "refused" ? (d.state?.refused ?? 0) > 0 : !d.revoked_at && (d.state?.connected === true) === (show === "connected")), [show]);
  const name = (d: Device): string => withDemo(d.name || d.id, d.demo === true);
  const refused = (d: Device): number => d.state?.refused ?? 0;
  return (
    <Register<Device>
      title={t("admin.sections.devices")} none={t("admin.devices.none")} noneHint={t("admin.devices.noneHint")} passes={passes}
      read={fetchDevices} idOf={(d) => d.id} nameOf={name} searchable={(d) => [d.id, d.name, d.state?.address, organisationName(admin, d.organisation_id)].join(" ")}
      filters={<Select<Show> className="afilter" aria-label={t("admin.devices.state")} value={show} onChange={setShow} options={(["all", "connected", "away", "refused", "revoked"] as const).map((v) => ({ value: v, label: t(`admin.devices.show.${v}`) }))} />}
      columns={[
        { key: "id", title: t("admin.devices.username"), width: 190, cell: (d) => d.id, sort: (a, b) => (a.id < b.id ? -1 : 1) },
        { key: "name", title: t("admin.field.name"), width: 180, cell: name },
        { key: "kind", title: t("admin.field.kind"), width: 110, cell: (d) => t(`admin.deviceKind.${d.kind}`), sort: (a, b) => (a.kind < b.kind ? -1 : 1) },
        { key: "state", title: t("admin.devices.state"), width: 150, cell: (d) => <State d={d} />, sort: (a, b) => Number(a.state?.connected === true) - Number(b.state?.connected === true) },
        { key: "since", title: t("admin.devices.since"), width: 120, cell: (d) => instant(d.state?.since) },
        { key: "address", title: t("admin.devices.address"), width: 150, cell: (d) => d.state?.address || "–" },
        { key: "refused", title: t("admin.devices.refused"), width: 120, cell: (d) => (refused(d) > 0 ? <b>{refused(d)}</b> : "0"), sort: (a, b) => refused(a) - refused(b) },
        { key: "organisation", title: t("admin.field.organisation_id"), width: 190, cell: (d) => organisationName(admin, d.organisation_id) },
      ]}
      card={(d) => ({ title: d.id, side: <State d={d} />, lines: [`${name(d)} · ${t(`admin.deviceKind.${d.kind}`)}`, organisationName(admin, d.organisation_id), refused(d) > 0 && <b>{t("admin.devices.refusedN", { n: refused(d) })}</b>] })}
      create={allowed(admin, "devices.write") ? { word: t("admin.devices.create"), form: (close, done) => <Create onCancel={close} onDone={done} /> } : undefined}
      opened={(o) => <One {...o} />}
    />
  );
}

/** In words: the dot is filled while it is connected. */
function State({ d }: { d: Device }) {
  const { t } = useTranslation();
  if (d.revoked_at) return <span className="dim">{t("admin.devices.revoked")}</span>;
  const on = d.state?.connected === true;
  return <span className="astate" data-on={on || undefined}>{t(on ? "admin.devices.connected" : d.state?.since ? "admin.devices.away" : "admin.devices.never")}</span>;
}

function One({ row, changed }: Opened<Device>) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [secret, setSecret] = useState("");
  const mine = allowed(admin, "devices.write") && owns(admin.user, row.organisation_id);
  const since = Date.parse(row.state?.since ?? "");
  if (secret) return <Secret title={t("admin.devices.secret")} hint={t("admin.secret.once")} secret={secret} extra={mqttExample(row, location.hostname)} onDone={() => { setSecret(""); changed(); }} />;
  return (
    <>
      <Facts facts={[
        [t("admin.devices.username"), row.id], [t("admin.field.kind"), t(`admin.deviceKind.${row.kind}`)], [t("admin.field.organisation_id"), organisationName(admin, row.organisation_id)],
        [t("admin.devices.state"), <State d={row} />], [t("admin.devices.since"), Number.isFinite(since) ? `${instant(row.state?.since, true)} (${duration(serverNow() - since)})` : "–"], [t("admin.devices.address"), row.state?.address],
        [t("admin.devices.refused"), (row.state?.refused ?? 0) > 0 ? t("admin.devices.refusedN", { n: row.state?.refused ?? 0 }) : "0"],
        [t("admin.devices.made"), instant(row.created_at)], [t("admin.devices.renewed"), instant(row.renewed_at)], row.revoked_at ? [t("admin.devices.revoked"), instant(row.revoked_at)] : null,
      ]} />
      {(row.state?.refused ?? 0) > 0 && <p className="anote">{t("admin.devices.mismatch")}</p>}
      <details className="amore"><summary>{t("admin.devices.example")}</summary><pre>{mqttExample(row, location.hostname)}</pre></details>
      {mine ? (
        <div className="aactions">
          <Confirm word={t(row.revoked_at ? "admin.devices.again" : "admin.devices.renew")} ask={t("admin.devices.renewAsk")} failed={t("admin.devices.notRenewed")} act={() => renewDevice(row.id).then((a) => setSecret(a.secret))} testid="renew" />
          {!row.revoked_at && <Confirm word={t("admin.devices.revoke")} ask={t("admin.devices.revokeAsk")} failed={t("admin.devices.notRevoked")} act={() => revokeDevice(row.id).then(changed)} testid="revoke" />}
        </div>
      ) : allowed(admin, "devices.write") && <p className="dim">{t("admin.notOwned")}</p>}
    </>
  );
}

function Create({ onCancel, onDone }: { onCancel: () => void; onDone: (id: string) => void }) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [made, setMade] = useState<{ device: Device; secret: string } | null>(null);
  if (made) return <Secret title={t("admin.devices.secret")} hint={t("admin.secret.once")} secret={made.secret} extra={mqttExample(made.device, location.hostname)} onDone={() => onDone(made.device.id)} />;
  const save = (v: Values): Promise<void> => createDevice(filled({ id: String(v["id"]).trim(), kind: v["kind"], name: entered(v["name"]), organisation_id: v["organisation_id"] })).then(setMade);
  return (
    <EntryForm
      start={{ id: "", kind: "gateway", name: "", organisation_id: admin.user.organisation?.id ?? "" }}
      fields={[
        { key: "id", label: t("admin.devices.username"), kind: "text", required: true, pattern: /^[A-Za-z0-9._-]{1,64}$/, patternHint: t("admin.form.id"), hint: t("admin.devices.idHint"), wide: true },
        { key: "kind", label: t("admin.field.kind"), kind: "select", required: true, choices: DEVICE_KINDS.map((k) => ({ value: k, label: t(`admin.deviceKind.${k}`) })) }, { key: "name", label: t("admin.field.name"), kind: "text" },
        { key: "organisation_id", label: t("admin.field.organisation_id"), kind: "select", required: true, choices: ownedChoices(admin), wide: true },
      ]}
      submit={t("admin.devices.create")} failed={t("admin.devices.notMade")} save={save} onCancel={onCancel}
    />
  );
}
