import { useTranslation } from "react-i18next";
import { differences, plain } from "../diff";
import { organisationName, useAdmin } from "../parts/context";
import { instant } from "../parts/format";
import { Facts } from "../parts/Small";
import type { AuditEntry } from "../types";
import { useWords } from "./words";

export function EntrySide({ entry: e }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const say = useWords();
  const changes = differences(e.before ?? undefined, e.after ?? undefined);
  const field = (path: string): string => path.split(".").map((k) => t(`admin.field.${k}`, { defaultValue: k })).join(" · ");
  const value = (v: unknown): string => (v === "sealed" ? t("admin.audit.sealed") : typeof v === "boolean" ? t(v ? "admin.audit.yes" : "admin.audit.no") : plain(v));
  return (
    <>
      <Facts facts={[
        [t("admin.audit.at"), `${instant(e.at, true)} UTC+8`], [t("admin.audit.by"), e.by], [t("admin.audit.from"), e.from], [t("admin.audit.action"), `${say.action(e.action)} (${e.action})`], [t("admin.audit.object"), say.object(e.object)],
        e.detail ? [t("admin.audit.detail"), e.detail] : null, e.organisation_id ? [t("admin.field.organisation_id"), organisationName(admin, e.organisation_id)] : null, [t("admin.audit.seq"), e.seq],
        e.request_id ? [t("admin.audit.request"), e.request_id] : null, e.hash ? [t("admin.audit.hash"), <code className="ahash">{e.hash}</code>] : null,
      ]} />
      {changes.length > 0 ? (
        <table className="adiff" data-testid="audit-diff">
          <thead><tr><th>{t("admin.audit.field")}</th><th>{t("admin.audit.before")}</th><th>{t("admin.audit.after")}</th></tr></thead>
          <tbody>{changes.map((d) => <tr key={d.path} data-kind={d.kind}><th>{field(d.path)}</th><td>{value(d.before)}</td><td>{value(d.after)}</td></tr>)}</tbody>
        </table>
      ) : <p className="dim">{t("admin.audit.noChange")}</p>}
    </>
  );
}
