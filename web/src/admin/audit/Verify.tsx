import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "../parts/Failure";
import { verifyAudit } from "../rest";
import type { ChainAnswer } from "../types";

/** Walks the chain of hashes on the server and says how far it holds. */
export function Verify() {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<ChainAnswer | null>(null);
  const [error, setError] = useState<unknown>(null);
  const go = (): void => {
    setBusy(true);
    setError(null);
    setAnswer(null);
    verifyAudit().then(setAnswer, setError).finally(() => setBusy(false));
  };
  return (
    <div className="averify">
      <button type="button" className="control" disabled={busy} onClick={go} data-testid="audit-verify">{t(busy ? "admin.audit.verifying" : "admin.audit.verify")}</button>
      {(answer || error !== null) && (
        <div className="averdict" role="status" data-testid="audit-verdict" data-ok={answer?.ok}>
          {error !== null && <Failure title={t("admin.audit.notVerified")} error={error} />}
          {answer?.ok && <><b>✓ {t("admin.audit.intact", { n: answer.head?.seq ?? answer.entries })}</b>{answer.head?.hash && <code className="ahash">{answer.head.hash}</code>}<small>{t("admin.audit.anchor")}</small></>}
          {answer && !answer.ok && <><b>✕ {t("admin.audit.broken", { n: answer.broken_at ?? "?" })}</b><span>{answer.reason}</span><small>{t("admin.audit.brokenHint")}</small></>}
          <button type="button" className="control quiet small" onClick={() => { setAnswer(null); setError(null); }}>{t("app.close")}</button>
        </div>
      )}
    </div>
  );
}
