import { useTranslation } from "react-i18next";
import { Problem } from "../../api";
import i18n from "i18next";

/** Why something was not done, in words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Problem)) return String(error);
  const known = i18n.t(`admin.failure.${error.status}`, { defaultValue: "" });
  // A reason may be a code; then the detail is what people read.
  const detail = error.reason && !/^[a-z_]+$/.test(error.reason) ? `${fieldWord(error.field)}${error.reason}` : error.detail;
  if (error.status === 422 || error.status === 400) return i18n.t("admin.failure.invalid", { detail: detail || error.title });
  if (known) return error.status === 409 && detail ? `${known} ${detail}` : known;
  return i18n.t("admin.failure.other", { detail: detail || error.title || String(error.status) });
}

function fieldWord(field: string): string {
  const word = i18n.t(`admin.field.${field.split(".").pop() ?? ""}`, { defaultValue: field });
  return word ? word + (i18n.language === "en" ? ": " : "：") : "";
}

/** What was not done, why, what next, and the id that is also in the server's log. */
export function Failure({ title, error, retry }: { title: string; error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  const id = error instanceof Problem ? error.id : "";
  return (
    <div className="problem" role="alert" data-testid="problem">
      <strong>✕ {title}</strong>
      <span>{reasonOf(error)}</span>
      {id && <small>{t("app.problemId", { id })}</small>}
      {retry && <div><button type="button" className="control small" onClick={retry}>{t("app.retry")}</button></div>}
    </div>
  );
}
