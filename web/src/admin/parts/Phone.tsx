import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { lookAtContact } from "../rest";
import { allowed, useAdmin } from "./context";
import { Failure } from "./Failure";

const SHOWN_S = 30;

/** A telephone number stays hidden until somebody asks for it, which the server records; then it is shown for 30 s. */
export function Phone({ kind, id, has }: { kind: "aircraft" | "pilot" | "organisation"; id: string; has: boolean | undefined }) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [phone, setPhone] = useState("");
  const [left, setLeft] = useState(0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => setPhone(""), [id]);
  useEffect(() => {
    if (!phone) return;
    setLeft(SHOWN_S);
    const timer = setInterval(() => setLeft((n) => n - 1), 1000);
    return () => clearInterval(timer);
  }, [phone]);
  useEffect(() => {
    if (phone && left < 0) setPhone("");
  }, [phone, left]);

  if (!has) return <span className="dim">{t("admin.phone.none")}</span>;
  if (!allowed(admin, "personal.read")) return <span className="dim">{t("admin.phone.hidden")}</span>;
  const look = (): void => {
    setBusy(true);
    setError(null);
    lookAtContact(kind, id).then((c) => setPhone(c.phone), setError).finally(() => setBusy(false));
  };
  return (
    <span className="aphone">
      {phone ? (
        <><a href={`tel:${phone}`} data-testid="phone">{phone}</a><span className="dim">{t("admin.phone.left", { n: Math.max(0, left) })}</span></>
      ) : (
        <><button type="button" className="control small" disabled={busy} onClick={look} data-testid="phone-look">{t("admin.phone.look")}</button><span className="dim">{t("admin.phone.recorded")}</span></>
      )}
      {error !== null && <Failure title={t("admin.phone.failed")} error={error} />}
    </span>
  );
}
