import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EntryForm, type Values } from "../admin/parts/EntryForm";
import { changePassword } from "../admin/rest";

/** As the server asks for (identity/policy.go). */
const SHORTEST = 10;

export function PasswordForm({ username, onChanged }: { username: string; onChanged?: () => void }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(0);
  const save = (v: Values): Promise<void> => changePassword(String(v["old"]), String(v["new"])).then(() => {
    setDone((n) => n + 1);
    onChanged?.();
  });
  return (
    <>
      <input className="visually-hidden" type="text" autoComplete="username" value={username} readOnly tabIndex={-1} aria-hidden="true" />
      <EntryForm
        key={done} start={{ old: "", new: "", again: "" }} submit={t("admin.account.change")} failed={t("admin.account.notChanged")} save={save}
        fields={[
          { key: "old", label: t("admin.account.old"), kind: "secret", required: true, wide: true, suggest: "current-password" },
          { key: "new", label: t("admin.account.new"), kind: "secret", required: true, suggest: "new-password", pattern: new RegExp(`^[\\s\\S]{${SHORTEST},}$`), patternHint: t("admin.account.short", { n: SHORTEST }), hint: t("admin.account.newHint", { n: SHORTEST }) },
          { key: "again", label: t("admin.account.again"), kind: "secret", required: true, suggest: "new-password", sameAs: "new" },
        ]}
      />
      {done > 0 && !onChanged && <p className="anote" role="status" data-testid="password-changed">✓ {t("admin.account.changed")}</p>}
    </>
  );
}
