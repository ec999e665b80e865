import { Select } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { allowed, organisationName, useAdmin } from "../parts/context";
import { instant } from "../parts/format";
import { Register } from "../parts/Register";
import { Secret } from "../parts/Secret";
import { fetchPeople } from "../rest";
import { ROLES, type Person, type Role } from "../types";
import { PersonForm } from "./PersonForm";
import { PersonSide } from "./PersonSide";

export default function People() {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [role, setRole] = useState<Role | "">("");
  const passes = useCallback((p: Person) => role === "" || p.roles.includes(role), [role]);
  const roles = (p: Person): string => p.roles.map((r) => t(`admin.role.${r}`)).join(", ") || "–";
  const state = (p: Person): string => (p.disabled ? t("admin.people.disabled") : p.must_change ? t("admin.people.mustChange") : t("admin.people.active"));
  return (
    <Register<Person>
      title={t("admin.sections.people")} none={t("admin.people.none")} read={fetchPeople} idOf={(p) => p.username} nameOf={(p) => p.display_name || p.username} passes={passes}
      searchable={(p) => [p.username, p.display_name, roles(p), organisationName(admin, p.organisation_id)].join(" ")}
      filters={<Select<Role | ""> className="afilter" aria-label={t("admin.field.roles")} value={role} onChange={setRole} popupMatchSelectWidth={false} options={[{ value: "", label: t("admin.people.allRoles") }, ...ROLES.filter((r) => r !== "device").map((r) => ({ value: r, label: t(`admin.role.${r}`) }))]} />}
      columns={[
        { key: "display", title: t("admin.field.display_name"), width: 170, cell: (p) => p.display_name || p.username, sort: (a, b) => a.display_name.localeCompare(b.display_name, "zh") },
        { key: "username", title: t("admin.field.username"), width: 160, cell: (p) => p.username, sort: (a, b) => (a.username < b.username ? -1 : 1) },
        { key: "roles", title: t("admin.field.roles"), width: 220, cell: roles },
        { key: "organisation", title: t("admin.field.organisation_id"), width: 230, cell: (p) => organisationName(admin, p.organisation_id), sort: (a, b) => (a.organisation_id < b.organisation_id ? -1 : 1) },
        { key: "state", title: t("admin.people.state"), width: 150, cell: (p) => <span className={p.disabled ? "dim" : ""}>{state(p)}</span>, sort: (a, b) => Number(a.disabled === true) - Number(b.disabled === true) },
        { key: "last", title: t("admin.people.last"), width: 150, cell: (p) => instant(p.last_sign_in_at), sort: (a, b) => ((a.last_sign_in_at ?? "") < (b.last_sign_in_at ?? "") ? -1 : 1) },
        { key: "by", title: t("admin.people.by"), width: 110, cell: (p) => t(p.external_id ? "admin.people.external" : "admin.people.local") },
      ]}
      card={(p) => ({ title: p.display_name || p.username, side: state(p), lines: [`${p.username} · ${roles(p)}`, organisationName(admin, p.organisation_id), `${t("admin.people.last")} ${instant(p.last_sign_in_at)}`] })}
      create={allowed(admin, "people.write") ? { word: t("admin.people.create"), form: (close, done) => <Create onCancel={close} onDone={done} /> } : undefined}
      opened={(o) => <PersonSide {...o} state={state(o.row)} roles={roles(o.row)} />}
    />
  );
}

function Create({ onCancel, onDone }: { onCancel: () => void; onDone: (id: string) => void }) {
  const { t } = useTranslation();
  const [made, setMade] = useState<{ username: string; password: string } | null>(null);
  if (made) return <Secret title={t("admin.people.password", { name: made.username })} hint={t("admin.people.passwordHint")} secret={made.password} onDone={() => onDone(made.username)} />;
  return <PersonForm row={null} onCancel={onCancel} onDone={(username, password) => (password ? setMade({ username, password }) : onDone(username))} />;
}
