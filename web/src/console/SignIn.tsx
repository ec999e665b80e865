import { useEffect, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { OIDC_PATH, Problem, fetchSignInMethods, signIn, type SignInMethods, type User } from "../api";
import { duration } from "../clock";
import { useTick } from "../hooks";
import { language, say } from "../words";
import { setLanguage } from "../i18n";
import { Logo } from "./Logo";
import { ProblemNote } from "./ProblemNote";

export function SignIn({ ended, onSignedIn }: { ended: boolean; onSignedIn: (u: User) => void }) {
  const { t } = useTranslation();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  const [methods, setMethods] = useState<SignInMethods | null>(null);
  useEffect(() => {
    fetchSignInMethods().then(setMethods, () => undefined); // then with a password only
  }, []);

  const submit = (e: FormEvent): void => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    setTries((n) => n + 1);
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
        {ended && <p role="status" data-testid="signin-ended">{t("signIn.ended")}<small className="dim">{t("signIn.endedWhy")}</small></p>}
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
        {error !== null && <Refused key={tries} error={error} />}
        <button className="control primary" data-testid="login-submit" type="submit" disabled={busy}>
          {busy ? t("signIn.submitting") : t("signIn.submit")}
        </button>
        {methods?.oidc && (
          <>
            <div className="signin-or dim">{t("signIn.or")}</div>
            <a className="control" data-testid="login-oidc" href={OIDC_PATH}>{t("signIn.oidc", { name: say(methods.oidc.name) })}</a>
          </>
        )}
        <div className="signin-foot">
          <span>{t("signIn.note")}</span>
          <button type="button" className="control quiet small" onClick={() => setLanguage(language() === "zh" ? "en" : "zh")}>{t("top.language")}</button>
        </div>
      </form>
    </main>
  );
}

/** Why not: a wrong name or password in one sentence for both; too many of them with the time to wait, counting down. */
function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const [since] = useState(() => performance.now());
  const now = useTick(1000);
  if (!(error instanceof Problem)) return <ProblemNote title={t("error.signIn")} error={error} />;
  let words = "";
  if (error.status === 401) words = t("signIn.wrong");
  if (error.status === 429 && error.retryAfterS > 0) {
    const left = error.retryAfterS * 1000 - (now - since);
    words = left > 0 ? t("signIn.wait", { time: duration(left) }) : t("signIn.again");
  }
  return <ProblemNote title={t("error.signIn")} error={error} words={words} />;
}
