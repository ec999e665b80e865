import { Form } from "antd";
import { useTranslation } from "react-i18next";
import { ownedChoices } from "../parts/choices";
import { organisationOf, useAdmin } from "../parts/context";
import { EntryForm, type Field, type Values } from "../parts/EntryForm";
import { createPerson, savePerson } from "../rest";
import { roleChoices } from "../roles";
import type { Person, Role } from "../types";

/** An account. Its roles are those that fit the organisation's kind; what the giver does not hold cannot be given. */
export function PersonForm({ row, onCancel, onDone }: { row: Person | null; onCancel: () => void; onDone: (username: string, password?: string) => void }) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [form] = Form.useForm();
  const choices = (v: Values): ReturnType<typeof roleChoices> => {
    const kind = organisationOf(admin, String(v["organisation_id"] ?? ""))?.kind;
    return kind ? roleChoices(kind, admin.user.permissions ?? []) : [];
  };
  const fields = (v: Values): Field[] => [
    { key: "username", label: t("admin.field.username"), kind: "text", required: true, disabled: row !== null, pattern: /^[a-z0-9._-]{1,64}$/, patternHint: t("admin.form.username") },
    { key: "display_name", label: t("admin.field.display_name"), kind: "text", required: true },
    { key: "organisation_id", label: t("admin.field.organisation_id"), kind: "select", required: true, choices: ownedChoices(admin), wide: true },
    {
      key: "roles", label: t("admin.field.roles"), kind: "checks", required: true, wide: true, hint: t("admin.people.rolesHint"),
      choices: choices(v).map((c) => ({ value: c.role, label: t(`admin.role.${c.role}`), disabled: c.lacking.length > 0, ...(c.lacking.length > 0 ? { why: t("admin.people.lacking", { list: c.lacking.map((p) => t(`admin.permission.${p.replace(".", "_")}`)).join(", ") }) } : {}) })),
    },
  ];
  const save = async (v: Values): Promise<void> => {
    const possible = choices(v).map((c) => c.role as string);
    const body = { display_name: String(v["display_name"]).trim(), organisation_id: v["organisation_id"], roles: ((v["roles"] as Role[] | undefined) ?? []).filter((r) => possible.includes(r)) };
    if (row) {
      await savePerson(row.username, { ...body, disabled: row.disabled === true });
      return onDone(row.username);
    }
    const made = await createPerson({ username: String(v["username"]).trim(), ...body });
    onDone(made.person.username, made.password);
  };
  return (
    <EntryForm
      form={form} fields={fields} submit={t(row ? "admin.save" : "admin.people.create")} failed={t("admin.notSaved")} save={save} onCancel={onCancel}
      start={{ username: row?.username ?? "", display_name: row?.display_name ?? "", organisation_id: row?.organisation_id ?? admin.user.organisation?.id ?? "", roles: row?.roles ?? [] }}
    />
  );
}
