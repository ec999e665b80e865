import { Suspense, lazy, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { currentUser, type User } from "./api";
import { Console } from "./console/Console";
import { ProblemNote } from "./console/ProblemNote";
import { SignIn } from "./console/SignIn";

const FirstPassword = lazy(() => import("./account/FirstPassword"));

type Session = { at: "asking" } | { at: "out"; ended: boolean } | { at: "in"; user: User; anew?: boolean } | { at: "failed"; error: unknown };

/** Whether somebody is signed in decides everything else. */
export function App() {
  const { t } = useTranslation();
  const [session, setSession] = useState<Session>({ at: "asking" });
  const ask = useCallback(() => {
    setSession({ at: "asking" });
    currentUser()
      .then((user) => setSession(user ? { at: "in", user } : { at: "out", ended: false }))
      .catch((error: unknown) => setSession({ at: "failed", error }));
  }, []);
  useEffect(ask, [ask]);
  const ended = useCallback((byPerson: boolean) => setSession({ at: "out", ended: !byPerson }), []);
  const changed = useCallback((user: User) => {
    setSession((before) => {
      // Another desk's map begins on its own ground, not where the other one was.
      if (before.at === "in" && JSON.stringify(before.user.home ?? null) !== JSON.stringify(user.home ?? null)) history.replaceState(null, "", location.pathname);
      return { at: "in", user, anew: true };
    });
  }, []);

  switch (session.at) {
    case "asking":
      return <div className="boot" aria-busy="true" />;
    case "failed":
      return (
        <main className="boot">
          <ProblemNote title={t("error.session")} error={session.error} />
          <button className="control primary" onClick={ask}>{t("app.retry")}</button>
        </main>
      );
    case "out":
      return <SignIn ended={session.ended} onSignedIn={(user) => setSession({ at: "in", user })} />;
    case "in":
      if (session.user.mustChange) {
        return <Suspense fallback={<div className="boot" aria-busy="true" />}><FirstPassword user={session.user} onChanged={ask} onEnded={() => setSession({ at: "out", ended: false })} /></Suspense>;
      }
      return <Console key={JSON.stringify(session.user)} user={session.user} anew={session.anew === true} onEnded={ended} onUser={changed} />;
  }
}
