import { useTranslation } from "react-i18next";
import { Problem } from "../api";
import { duration } from "../clock";

/** What was not done, why, and the id that is also in the server's log. */
export function ProblemNote({ title, error, words = "" }: { title: string; error: unknown; /** Instead of what the error says in general. */ words?: string }) {
  const { t } = useTranslation();
  const reason = useReason(error);
  const id = error instanceof Problem ? error.id : "";
  return (
    <div className="problem" role="alert" data-testid="problem">
      <strong>✕ {title}</strong>
      <span>{words || reason}</span>
      {id && <small>{t("app.problemId", { id })}</small>}
    </div>
  );
}

export function useReason(error: unknown): string {
  const { t } = useTranslation();
  if (!(error instanceof Problem)) return String(error);
  switch (error.status) {
    case 0:
      return t("error.unreachable");
    case 401:
      return t("error.unauthenticated");
    case 403:
      return error.detail || t("error.forbidden");
    case 409:
    case 412:
      return `${t("error.conflict")} ${error.detail}`.trim();
    case 429:
      return error.retryAfterS > 0 ? t("signIn.wait", { time: duration(error.retryAfterS * 1000) }) : t("error.tooMany");
    case 502:
    case 503:
    case 504:
      return t("error.unavailable");
    default:
      return t("error.other", { detail: error.detail || error.title || String(error.status) });
  }
}
