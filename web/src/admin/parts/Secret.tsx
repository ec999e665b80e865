import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

/** A secret that is shown this once: copied or written down, then gone. It lives in this part of the page only. */
export function Secret({ title, hint, secret, onDone, extra }: { title: string; hint: string; secret: string; onDone: () => void; extra?: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState<"" | "yes" | "no">("");
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus(), []);
  const copy = (): void => {
    const done = navigator.clipboard?.writeText(secret);
    if (done) done.then(() => setCopied("yes"), () => setCopied("no"));
    else setCopied("no");
  };
  return (
    <section className="asecret" ref={box} tabIndex={-1} aria-label={title} data-testid="secret">
      <b>{title}</b>
      <code data-testid="secret-value">{secret}</code>
      <p>{hint}</p>
      {extra && <pre>{extra}</pre>}
      <div className="aactions">
        <button type="button" className="control primary" onClick={copy}>{copied === "yes" ? t("admin.secret.copied") : t("admin.secret.copy")}</button>
        <button type="button" className="control" onClick={onDone} data-testid="secret-done">{t("admin.secret.done")}</button>
      </div>
      {copied === "no" && <p role="status">{t("admin.secret.copyFailed")}</p>}
    </section>
  );
}
