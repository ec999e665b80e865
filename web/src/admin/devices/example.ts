import i18n from "i18next";
import type { Device } from "../types";

const SAMPLE: Record<Device["kind"], (id: string) => [topic: string, body: string]> = {
  aircraft: (id) => [`lowsky/v1/telemetry/${id}`, '{"measured_at":"2026-11-23T06:32:07Z","longitude_deg":114.3285,"latitude_deg":29.8272}'],
  gateway: (id) => [`lowsky/v1/gateway/${id}/status`, "online"],
  weather: (id) => [`lowsky/v1/weather/${id}`, '{"measured_at":"2026-11-23T06:32:07Z","wind_mps":5.4}'],
  traffic: (id) => [`lowsky/v1/traffic/${id}`, "[]"],
};

/** How the device connects, and a command to try it with. The secret is typed in place of the mark: it stays out of shell histories. */
export function mqttExample(d: Device, host: string, secure = typeof location !== "undefined" && location.protocol === "https:"): string {
  const [topic, body] = SAMPLE[d.kind](d.id);
  const port = secure ? 8883 : 1883;
  const lines: [string, string][] = [
    ["host", host], ["port", secure ? `${port} (TLS)` : String(port)], ["user", d.id], ["password", i18n.t("admin.devices.theSecret")], ["topic", topic],
  ];
  const words = lines.map(([k, v]) => `${i18n.t(`admin.devices.mqtt.${k}`)}: ${v}`);
  return [...words, "", `read -rs LOWSKY_SECRET`, `mosquitto_pub -h ${host} -p ${port}${secure ? " --tls-use-os-certs" : ""} -i ${d.id} -u ${d.id} -P "$LOWSKY_SECRET" \\`, `  -q 1 -t ${topic} -m '${body}'`].join("\n");
}
