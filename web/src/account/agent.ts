const BROWSERS: readonly [RegExp, string][] = [[/Edg\/(\d+)/, "Edge"], [/MicroMessenger\/(\d+)/, "WeChat"], [/OPR\/(\d+)/, "Opera"], [/Firefox\/(\d+)/, "Firefox"], [/Chrome\/(\d+)/, "Chrome"], [/Version\/(\d+).*Safari/, "Safari"]];
const SYSTEMS: readonly [RegExp, string][] = [[/HarmonyOS|OpenHarmony/, "HarmonyOS"], [/Android/, "Android"], [/iPhone|iPad/, "iOS"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/Linux/, "Linux"]];

/** A browser's name of itself, short: `Chrome 126 · Windows`. What is not known stays as it is, cut. */
export function agentWords(agent: string | undefined): string {
  if (!agent) return "";
  const browser = BROWSERS.flatMap(([r, name]) => { const m = agent.match(r); return m ? [`${name} ${m[1]}`] : []; })[0];
  const system = SYSTEMS.find(([r]) => r.test(agent))?.[1];
  return [browser, system].filter(Boolean).join(" · ") || agent.slice(0, 40);
}
