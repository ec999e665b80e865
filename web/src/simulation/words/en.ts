import type { SimulationWords } from "./zh";

const en: SimulationWords = {
  noRight: "You may not open the simulation page", noRightHint: "If you need it, ask your organisation's administrator for the role.", readOnly: "You may read scores; running needs the permission “Run simulations”.",
  scenario: {
    title: "Scenario", open: "Open file", openHint: "A YAML scenario file of at most 1 MB; it may also be dropped on the page", drop: "Drop to open the scenario file", choose: "Choose a scenario…", suite: "All scenarios", own: "Your own file", changed: "changed", revert: "Revert", view: "File", check: "Check", checking: "Checking…",
    notRead: "The list of scenarios was not read", notChecked: "Not checked", sound: "checked, sound", unchecked: "not checked", problems: "problems: {{n}}", none: "The server ships no scenarios", notSent: "The list does not hold the file's text",
    fault: { empty: "The file is empty.", tooLarge: "The file is larger than 1 MB; the server does not read it.", notText: "Not a UTF-8 text file." },
  },
  facts: { file: "File", fleet: "Fleet", aircraft: "{{n}} aircraft", duration: "Duration", virtual: "{{time}}, virtual clock", faults: "Faults", noFaults: "none", rules: "Rules", lines: "Content", linesValue: "{{n}} lines, {{kb}} KB", files: "Scenarios", filesValue: "{{n}} files" },
  seeds: { first: "First seed", count: "Count", hint: "{{runs}} flights: {{first}} – {{last}}", one: "1 flight: {{first}}", wrong: "First seed: a whole number from 0; count: 1–50", tooMany: "{{runs}} flights; at most 2000 at once" },
  run: {
    button: "Run", starting: "Sending…", cancel: "Cancel run", cancelling: "Cancelling…", notStarted: "The run was not started", notCancelled: "Not cancelled", needFile: "Choose a scenario or open a file first", refused: "The file has problems: nothing was started", number: "Run {{n}}", same: "Same seed, same version: equal byte for byte",
    again: "Choose this file again", seeds: "{{n}} seeds", oneSeed: "1 seed", seed: "Seed {{n}}",
  },
  state: { waiting: "waiting", running: "running", done: "done", failed: "failed", cancelled: "cancelled" },
  failed: {
    restarted: "The server was stopped or restarted meanwhile. Run it again.", timed_out: "It took longer than a run may. Use fewer seeds or a shorter scenario.", memory: "It needed more memory than a run may. Use fewer aircraft or seeds.", output: "There was no score, or one too large. Use fewer seeds.",
    died: "Its process ended without a score.", refused: "The scenario file cannot be flown.",
  },
  composition: { title: "Composition", events: "Events", near_misses: "Near misses (no alert)", nuisance: "Alerts when uncertain (not scored)", faults: "Faults", faultKinds: "kinds: {{n}}", messages: "Reports sent", lost: "Lost by radio", rejected: "Refused by the platform", hours: "Time simulated", perHour: "Nuisance per officer hour" },
  history: { title: "Runs", columns: "Recall · Prec.", none: "Nothing was run yet", noneHint: "Choose a scenario and press Run.", notRead: "The runs were not read", refresh: "Refresh" },
  tab: { score: "Score", file: "File" },
  head: { finished: "done {{time}}, took {{took}}", finishedFast: "done {{time}}, took {{took}}, {{times}}×", by: "Started by", packs: "Rule packs", version: "Version", stream: "Stream", streamSame: "as in run {{n}}", streamDiffers: "not as in run {{n}}" },
  verdict: { passed: "Passed", failed: "Not passed", of: "{{kept}} of {{n}} gates", all: "all {{n}} gates", interrupted: "stopped midway: what was flown", faults: "{{n}} errors in flight", failedGates: "Gates not kept", more: "{{n}} more" },
  figure: {
    recall: "Recall", precision: "Precision", delay_p95: "Delay p95", duplicates: "Duplicates", near_false: "False, near misses", limit: "limit {{limit}}", limitEach: "limit {{limit}} each", noLimit: "no limit of its own",
    delayTitle: "p50 {{p50}} s, max {{max}} s, of {{n}}", quiet: "{{value}} % of near misses stayed quiet",
  },
  gate: { recall: "recall", precision: "precision", delay_p95: "delay p95", duplicates: "double alerts", late_clears: "late clears", early_clears: "early clears", false_alerts: "false alerts", nuisance: "nuisance per officer hour", events: "events", near_misses: "near misses", expected: "alerts the file expects", forbidden: "alerts the file forbids" },
  gateFigures: "{{measured}}, limit {{limit}}",
  line: {
    title: "Windows of truth, and alerts", which: "Which flight is shown", bad: "{{missed}} missed, {{wrong}} false", faults: "Faults", none: "A card of more than 20 flights has no time line; each finding still has its map.", nothing: "This flight had no window of truth and no alert.", empty: "No flight",
    legend: { event: "event", near_miss: "near miss", uncertain: "uncertain", alert: "alert", missed: "missed", false: "false", double: "double", late_clear: "late clear", early_clear: "early clear" },
    item: "{{what}} {{about}}, {{from}} – {{until}}", alerts: "alert {{list}}", noAlert: "no alert", previous: "Previous flight", next: "Next flight", faultItem: "{{fault}} {{about}}, {{from}} – {{until}}",
  },
  kind: { event: "Event", near_miss: "Near miss", uncertain: "Uncertain", nothing: "Nothing" },
  result: { hit: "hit", missed: "missed", quiet: "quiet (right)", false: "false", unscored: "not scored", late_clear: "late clear", early_clear: "early clear", double: "double" },
  table: {
    title: "Score of each rule", rule: "Rule", level: "Level", events: "Events", tp: "Hit", fn: "Missed", fp: "False", precision: "Prec. %", recall: "Recall %", p50: "p50 s", p95: "p95", max: "max", duplicates: "Double", late: "Late", early: "Early", versus: "vs {{n}}", versusNone: "vs",
    total: "Total", safetyHint: "A safety rule: the gates hold for each of its levels", interval: "{{value}} %, 95 % interval {{low}} – {{high}} % (n = {{n}})", noneCounted: "nothing to count", delayNote: "Delay from the first report after an event began, less the rule's own time; only aircraft that report at least once a second. Seconds",
    better: "missed, false, double, late and early together {{was}} → {{is}}", notSame: "other seeds: only rates compare", notThere: "that run has no such row", none: "No rule to score", unmet: "{{n}} more levels met no event, near miss or alert: show",
  },
  compare: { title: "Compared with run {{n}}", none: "No run to compare with", pick: "Compare", auto: "the last of the same file", off: "with none", option: "run {{n}} {{name}}", same: "Every figure is as in run {{n}}.", notSame: "Other seeds: rates and delays only.", notRead: "The run to compare with was not read", worse: "worse", perHour: "Nuisance per officer hour", more: "{{n}} more" },
  changed: { fn: "missed", fp: "false", recall: "recall %", precision: "precision %", delay_p95: "delay p95 s", duplicates: "double", late_clears: "late clears", early_clears: "early clears", nuisance: "nuisance" },
  finding: {
    title: "Finding", of: "{{i}} / {{n}}", none: "Nothing missed, false or double, and every alert ended in its time.", noneRow: "Nothing in this row.", noneShown: "No findings to show yet.", all: "All findings", clear: "Show all", first: "The first {{n}} of {{all}}", truth: "Truth", alert: "Alert", alertAt: "alert {{at}}", noAlert: "no alert", where: "Scenario", line: "asked for in line {{n}}", geometry: "by geometry",
    json: "JSON", report: "HTML report", link: "Link", noMap: "No track", previous: "Previous", next: "Next", mapTrue: "true", mapReported: "reported", mapZone: "zone", pair: "closest {{across}} / {{up}}", inside: "{{v}} inside", outside: "{{v}} from the rim", highest: "highest {{v}} AGL", mapTitle: "Small map of the finding: true tracks solid, reported ones dashed", window: "{{from}} – {{until}}", unknownFinding: "This card has no such finding",
  },
  progress: { waiting: "Queued: one run flies at a time; it starts by itself.", running: "Flying", done: "{{done}} / {{runs}} flights", elapsed: "for {{time}}", left: "about {{time}} left", away: "This is the last known progress; trying again", hereSoon: "Its score appears here." },
  ended: { failed: "The run failed", cancelled: "The run was cancelled", partial: "{{done}} / {{runs}} flights before that; no score.", gone: "There is no such run", goneHint: "It may have been cleared away (the last 200 are kept), or is not yours to see.", notRead: "The run was not read" },
  empty: { title: "Fly a scenario and see how good the alerts are", hint: "Missed, false, double and late alerts are measured against where the simulated fleet really was, without the engine under test.", start: "Choose a scenario on the left and run it.", startRead: "Nobody has run one yet." },
  source: { title: "Scenario file", problems: "Problems", noLine: "not in these lines", readOnly: "read only", editHint: "You may change it; then it runs as your own file.", lineLabel: "line {{n}}", nothing: "No file is chosen", nothingHint: "Choose a scenario on the left, or open a file.", suite: "All scenarios are not one file." },
  level: {
    near: "near", predicted: "predicted", inside: "inside", crossed: "crossed", possible: "possibly crossed", over: "over", far_over: "far over", low: "low", very_low: "very low", critical: "critical", below_return_need: "below return need", unknown: "not registered", unknown_in_zone: "not registered, in a zone",
    two_places: "in two places", declared: "declared", forced_landing: "forced landing", hms: "gravest fault", silent: "silent", long_silent: "long silent", lost: "lost", down: "down", down_in_use: "down, in use", broker: "broker", broken: "broken", broker_in_use: "broker, in use", claimed: "claimed", conditional: "conditional zone",
  },
  fault: {
    gps_drift: "GPS drift", gps_jump: "GPS jump", accuracy_lie: "accuracy lie", freeze: "frozen", link_loss: "link loss", burst_after_loss: "burst after loss", out_of_order: "out of order", duplicate: "duplicates", clock_skew: "clock skew", battery_drop: "battery drop", wind_gust: "gust", zone_breach: "breach", graze: "graze", altitude_bust: "altitude bust",
    plan_overrun: "plan overrun", no_plan: "no plan", rogue: "rogue", id_clone: "id clone", gateway_down: "gateway down", broker_restart: "broker restart", emergency: "emergency", c2_loss: "C2 loss",
  },
};

export default en;
