// Main-thread cost of the live map: N aircraft at 1 Hz through the real console in headless Chromium, measured over CDP
// (Performance.getMetrics: TaskDuration, ScriptDuration). Prints one line of JSON. Needs `npm run build` and Chromium.
//
//   npm run bench -- [--aircraft 10000] [--seconds 30] [--zoom 9.2] [--chromium /usr/bin/chromium]

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import WebSocket from "ws";

const option = (name, fallback) => {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? fallback : process.argv[i + 1];
};
const aircraft = Number(option("aircraft", "10000"));
const seconds = Number(option("seconds", "30"));
const zoom = option("zoom", "9.2");
const chromium = option("chromium", ["/usr/lib/chromium/chromium", "/usr/bin/chromium", "/usr/bin/google-chrome"].find((p) => existsSync(p)));
if (!chromium) throw new Error("needs Chromium: apt-get install chromium, or --chromium PATH");

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "..", "dist", "app");
if (!existsSync(join(dist, "index.html"))) throw new Error("needs the built console: npm run build");

const port = 18_000 + (process.pid % 2000);
const profile = mkdtempSync(join(tmpdir(), "lowsky-bench-"));
const mock = spawn(process.execPath, [join(here, "..", "mock", "server.mjs"), "--port", String(port), "--aircraft", String(aircraft), "--state", "empty", "--dist", dist, "--signed-in"], { stdio: "ignore" });
const browser = spawn(chromium, ["--headless", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1600,900", `--user-data-dir=${profile}`, "--remote-debugging-port=0", "about:blank"]);

const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

function endpoint() {
  return new Promise((resolve, reject) => {
    let text = "";
    browser.stderr.on("data", (d) => {
      text += d;
      const m = text.match(/DevTools listening on (ws:\S+)/);
      if (m) resolve(m[1]);
    });
    browser.on("exit", () => reject(new Error(`Chromium ended: ${text.slice(-400)}`)));
  });
}

async function connect(url) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  let id = 0;
  const waiting = new Map();
  socket.on("message", (data) => {
    const m = JSON.parse(String(data));
    waiting.get(m.id)?.(m);
    waiting.delete(m.id);
  });
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      waiting.set(++id, (m) => (m.error ? reject(new Error(`${method}: ${m.error.message}`)) : resolve(m.result)));
      socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
}

try {
  const call = await connect(await endpoint());
  const { targetId } = await call("Target.createTarget", { url: `http://127.0.0.1:${port}/?lon=114.2&lat=29.8&z=${zoom}` });
  const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
  const page = (method, params) => call(method, params, sessionId);
  const evaluate = async (expression) => (await page("Runtime.evaluate", { expression, returnByValue: true })).result.value;
  await page("Performance.enable", { timeDomain: "threadTicks" });
  const drawn = () => evaluate("window.__lowsky ? window.__lowsky.figures().drawn : 0").catch(() => 0); // no page yet
  for (let i = 0; i < 60 && !((await drawn()) >= aircraft); i++) await sleep(500);
  await sleep(5000); // warm up: shaders, caches, first labels
  const metrics = async () => Object.fromEntries((await page("Performance.getMetrics")).metrics.map((m) => [m.name, m.value]));
  const perUpdate = [];
  const script = [];
  let before = await metrics();
  let updates = await evaluate("window.__lowsky.figures().frames");
  const first = updates;
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    await sleep(1000);
    const after = await metrics();
    const now = await evaluate("window.__lowsky.figures().frames");
    if (now > updates) {
      perUpdate.push(((after.TaskDuration - before.TaskDuration) * 1000) / (now - updates));
      script.push(((after.ScriptDuration - before.ScriptDuration) * 1000) / (now - updates));
    }
    updates = now;
    before = after;
  }
  const figures = await evaluate("window.__lowsky.figures()");
  console.log(JSON.stringify({
    aircraft, drawn: figures.drawn, zoom: Number(zoom), seconds, updates: updates - first,
    main_thread_ms_per_update: { median: +median(perUpdate).toFixed(1), max: +Math.max(...perUpdate).toFixed(1) },
    script_ms_per_update_median: +median(script).toFixed(1), apply_ms: +figures.lastUpdateMs.toFixed(2), last_frame_ms: +figures.frameMs.toFixed(1), fps: +figures.fps.toFixed(1),
  }));
} finally {
  browser.removeAllListeners("exit");
  browser.kill();
  mock.kill();
  await sleep(300);
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
