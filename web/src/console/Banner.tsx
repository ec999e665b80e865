import { useTranslation } from "react-i18next";
import { clockTime, duration } from "../clock";
import { useObservable } from "../hooks";
import { useDesk } from "./desk";

/** The white bar across the map once the picture has stopped. Late is told by the top bar alone. */
export function Banner() {
  const desk = useDesk();
  const condition = useObservable(desk.world.condition);
  const connection = useObservable(desk.world.connectionState);
  const never = condition === "unknown" && connection.attempt > 0;
  return condition === "stopped" || never ? <Bar never={never} /> : null;
}

function Bar({ never }: { never: boolean }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const pulse = useObservable(desk.world.pulse);
  const connection = useObservable(desk.world.connectionState);
  const connected = connection.state === "live" || connection.state === "resyncing";
  return (
    <div className="banner" role="alert" data-testid="banner-stopped" data-obstacle>
      <strong>{never ? t("banner.never") : t("banner.stopped", { age: age(pulse.ageMs) })}</strong>
      <span>{connected ? t("banner.silent") : t("banner.reconnecting", { n: Math.max(1, connection.attempt) })}</span>
      <button onClick={() => desk.world.client.hurry()} hidden={connected}>{t("banner.reconnect")}</button>
      <span className="banner-last">{pulse.pictureAt > 0 && t("banner.last", { time: clockTime(pulse.pictureAt) })}</span>
    </div>
  );
}

function age(ms: number): string {
  return ms < 100_000 ? `${Math.floor(ms / 1000)}\u2009s` : duration(ms);
}
