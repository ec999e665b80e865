import { useTranslation } from "react-i18next";
import { clockTime } from "../clock";
import { useObservable } from "../hooks";
import { useDesk } from "./desk";

export function SoundButton() {
  const { t } = useTranslation();
  const { sound } = useDesk();
  const state = useObservable(sound.state);
  const word = state.at === "on" ? t("sound.on") : state.at === "muted" ? t("sound.muted", { time: clockTime(state.until).slice(0, 5) }) : t("sound.blocked");
  return (
    <div className="group">
      <button className="quietbutton" data-testid="sound" data-state={state.at} title={state.at === "blocked" ? t("sound.arm") : t("sound.hint")} onClick={() => sound.toggle()}>
        <svg width="14" height="14" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
          <path d="M3 7h2.5L9 4v10L5.5 11H3z" />
          {state.at === "on" ? <path d="M12 6.5a3.6 3.6 0 0 1 0 5M14.3 4.5a6.5 6.5 0 0 1 0 9" /> : <path d="M12 7l4 4M16 7l-4 4" />}
        </svg>
        <span className={state.at === "on" ? "word" : "word strong"}>{word}</span>
      </button>
    </div>
  );
}
