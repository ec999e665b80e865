import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { signIn, type User } from "../api";
import { language } from "../words";
import { setLanguage } from "../i18n";
import { Logo } from "./Logo";
import { ProblemNote } from "./ProblemNote";

export function SignIn({ ended, onSignedIn }: { ended: boolean; onSignedIn: (u: User) => void }) {
  const { t } = useTranslation();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const submit = (e: FormEvent): void => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    signIn(username, password)
      .then(onSignedIn)
      .catch((err: unknown) => {
        setError(err);
        setBusy(false);
      });
  };

  return (
    <main className="signin">
      <form className="signin-card" onSubmit={submit}>
        <h1><Logo /> Lowsky</h1>
        <p className="signin-title">{t("signIn.title")}</p>
        {ended && <p role="status">{t("signIn.ended")}</p>}
        <label>
          {t("signIn.username")}
          <input className="field" data-testid="login-username" autoComplete="username" autoFocus required
            value={username} onChange={(e) => setUsername(e.target.value)} />
        </label>
        <label>
          {t("signIn.password")}
          <input className="field" data-testid="login-password" type="password" autoComplete="current-password" required
            value={password} onChange={(e) => setPassword(e.target.value)} />
        </label>
        {error !== null && <ProblemNote title={t("error.signIn")} error={error} />}
        <button className="control primary" data-testid="login-submit" type="submit" disabled={busy}>
          {busy ? t("signIn.submitting") : t("signIn.submit")}
        </button>
        <div className="signin-foot">
          <span>{t("signIn.note")}</span>
          <button type="button" className="control quiet small" onClick={() => setLanguage(language() === "zh" ? "en" : "zh")}>{t("top.language")}</button>
        </div>
      </form>
    </main>
  );
}
