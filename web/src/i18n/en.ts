import type { Words } from "./zh";

const en: Words = {
  app: { name: "Lowsky", title: "Live low-altitude picture", loading: "Loading", retry: "Try again", close: "Close", cancel: "Cancel", undo: "Undo", problemId: "id {{id}}" },
  demo: { mark: "Demo", data: "Demo data" },
  signIn: {
    title: "Sign in to the console", username: "User name", password: "Password", submit: "Sign in", submitting: "Signing in…",
    wrong: "User name or password is wrong.", wait: "Too many attempts. Wait {{time}}; until then the right password is refused too.", again: "You may try again now.", or: "or", oidc: "Sign in with {{name}}",
    ended: "The session has ended. Please sign in again.", endedWhy: "It expired, was ended elsewhere, or the account was disabled or its password changed. If signing in fails, ask your organisation's administrator.", note: "Not certified. Not for detect-and-avoid.",
  },
  error: {
    unreachable: "The server was not reached. Check the network and try again; your input is kept.",
    unauthenticated: "The session has ended. Please sign in again.",
    forbidden: "You are not allowed to do this.",
    conflict: "Somebody else was first. Look at the newest state.",
    tooMany: "Too many attempts. Try again later.",
    unavailable: "The server cannot do this now. Try again later.",
    other: "Not done: {{detail}}",
    acknowledge: "The acknowledgement was not saved", close: "The closing was not saved", comment: "The comment was not saved", call: "The call was not logged", look: "The number was not read", assign: "The assignment was not saved", handOver: "The hand-over was not saved", pullUp: "The pull-up was not saved", heldBy: "It is held by {{holder}} now.", assignees: "Whom it may be given to was not read",
    region: "The region data were not read", map: "The map cannot be shown: this browser has no WebGL2",
    action: "The action was not saved", signIn: "Not signed in", session: "The session was not read",
  },
  nav: { live: "Live", zones: "Zones", simulation: "Sim", admin: "Admin", account: "Account", console: "Console" },
  role: {
    city_administrator: "City administrator", city_reviewer: "City reviewer", city_duty_officer: "City duty officer", county_administrator: "County administrator", county_duty_officer: "County duty officer", department: "Sector department", company_administrator: "Company administrator", pilot: "Pilot",
    auditor: "Auditor", tester: "Tester", api_client: "API client", device: "Device",
  },
  kind: { city: "City", county: "County", department: "Department", company: "Company" },
  top: {
    live: "Live", age: "picture age", late: "picture late", stopped: "picture stopped", waiting: "waiting for the picture", reporting: "Reporting",
    warning: "red", caution: "orange", advisory: "yellow", info: "blue", openAlerts: "Open alerts",
    zone: "UTC+8", menu: "User menu", signOut: "Sign out", language: "中文", unjudged: "{{n}} unjudged",
    djiMissing: "DJI not licensed", djiMissingHint: "No DJI app id and licence are configured: DJI docks and remote controllers will not come online. Set LOWSKY_DJI_APP_ID, _APP_KEY, _LICENSE.",
    own: "Own aircraft", inScope: "Aircraft in sight", nearby: "Others nearby", changed: "What you may do or see has changed; the picture was read anew", overload: "backlog {{n}}", resyncing: "re-syncing",
  },
  sound: {
    on: "Sound red·orange", muted: "Muted until {{time}}", blocked: "Sound is off", arm: "Click to turn sound on", hint: "Red: three notes, every 10 s until acknowledged; orange: two notes",
  },
  storage: { down: "Database down, not yet saved", backlog: "{{n}} to write", journalSlow: "Journal is slow", journalFull: "Journal is full: new data may be lost", safe: "The live picture and alerts go on", unsaved: "not saved" },
  banner: {
    stopped: "Picture stopped for {{age}}", reconnecting: "reconnecting, attempt {{n}}", silent: "connected, but no new picture", last: "Last picture {{time}}", never: "No picture yet",
    reconnect: "Reconnect now",
  },
  map: {
    zoomIn: "Zoom in", zoomOut: "Zoom out", home: "Whole region", homeOwn: "Own area", nearby: "Other traffic nearby, no names shown", trails: "Trails", search: "Aircraft, zone, place", noHit: "Nothing found for “{{q}}”",
    schematic: "Schematic, not official borders", credit: "© OpenStreetMap contributors", legend: "AGL m · count", openLimit: "120 m open limit",
    north: "North", kind: { aircraft: "Aircraft", zone: "Zone", place: "Place", alert: "Alert" },
  },
  filter: {
    title: "Filter", none: "none", shown: "{{shown}} of {{all}} shown", severity: "Severity", scenario: "Scenario", clear: "Clear filters",
    hides: "The filter hides {{n}} alerts", hidesRed: "{{n}} of them red",
  },
  triage: {
    pending: "Open", resolved: "Resolved", fresh: "{{n}} new alerts", more: "Expand", empty: "No open alerts",
    watching: "Watching {{aircraft}} aircraft, {{rules}} rules", judged: "Last judgement {{age}} ago", notJudged: "Nothing judged yet",
    emptyResolved: "No resolved alerts", next: "Next", locate: "Locate", keys: "All keys", panel: "Alerts",
    blind: "The picture is not current: the list may be incomplete",
  },
  alert: {
    suspected: "Suspected", firing: "Firing", resolved: "Resolved", closedFiring: "Closed, still firing", why: "Why did this fire", rule: "Rule", clause: "Clause", zone: "Zone version",
    reports: "Reports", reportsValue: "{{n}}, {{from}}–{{to}}", reportsNone: "none", height: "Height from", note: "Note", advice: "Advice", contact: "Contact",
    assign: "Assign", handOver: "Hand over", pullUp: "Pull up", holder: "Held by", city: "the city", since: "since {{time}}", heldBy: "Held by {{holder}}: not yours to handle", assignee: "Assigned to", assignTo: "Assign to", handTo: "Hand over to",
    findAssignee: "type to search", noAssignee: "Nobody it may be given to", noTarget: "Nowhere it may be handed over to", handedOver: "{{by}} handed over: {{from}} → {{to}}", pulledUp: "{{by}} pulled up: {{from}} → {{to}}",
    lookRecorded: "This look is recorded; hidden in {{n}} s", lookHidden: "Number hidden; if you have called, press “Log the call”", looking: "Reading the number…", noPhone: "No number is registered", hasPhone: "number registered", noPersonal: "You may not look at phone numbers", logHint: "After the call press again to log it",
    acknowledgedAt: "Acknowledged {{time}}", closedAt: "Closed {{time}}: {{reason}}", callLoggedAt: "Call logged {{time}}", noContact: "No contact is registered", pilot: "Pilot at", callLogged: "Call logged by {{by}} {{time}}", acknowledgedBy: "Acknowledged by {{by}} {{time}}",
    closedBy: "Closed by {{by}} {{time}}: {{reason}}", frozen: "Cannot be judged: {{reason}}; last judged {{age}} ago", count: "fired {{n}} times",
    previous: "Continues an earlier alert", limit: "max {{v}}", least: "min {{v}}", rim: "rim", entry: "entry", margin: "{{v}} over", under: "{{v}} under the limit", accuracy: "±{{v}}", pack: "pack {{id}} {{version}}",
    acknowledge: "Acknowledge", close: "Close", call: "Call", logCall: "Log the call", goTo: "Go", comment: "Comments", commentSend: "Save comment", commentPlaceholder: "Write a comment, Enter saves",
    closeWhy: "Reason for closing", closing: "Closing as “{{reason}}” in {{n}} s", trueNeedsResolved: "Still firing: cannot be closed as true", saving: "Saving…", unsaved: "not yet saved",
    folded: "{{n}} folded", notSilence: "Not lost aircraft: the silence of those behind it is folded into this one", version: "v{{n}}", now: "now", resolvedWhy: "Resolved because", link: "Copy link", linkCopied: "Link copied", foundLate: "Found on late reports",
  },
  entry: { inside: "In {{zone}}", predicted: "Entering {{zone}}", crossed: "Crossed {{zone}}", possible: "May have crossed {{zone}}", near: "Near {{zone}}", zone: { prohibited: "prohibited zone", requires_authorisation: "authorisation zone", conditional: "conditional zone", no_restriction: "zone" } },
  figures: {
    limit: "{{measured}}, max {{limit}}", floor: "{{measured}}, below {{limit}}", silence: "{{time}} no report", within: "in {{seconds}} s", depth: "{{depth}} inside", since: "for {{time}}",
    down: "offline {{time}}", notEntered: "did not enter", blind: "{{n}} aircraft unseen",
  },
  card: {
    title: "Aircraft", agl: "AGL", climb: "V/S", speed: "GS", course: "Track", battery: "Battery", link: "Link", age: "Report age", accuracy: "H / V acc.",
    unjudged: "Cannot judge: {{list}}", unregistered: "Not registered", noTrack: "Waiting for a report", follow: "Follow", following: "Following", now: "now", source: "via {{id}}", id: "id {{id}}", profile: "AGL, last 5 min",
    limit120: "120 m", close: "Close",
  },
  state: { unknown: "Unknown", ground: "On ground", airborne: "Airborne", emergency: "Emergency", lost: "Lost", offline: "Offline", unconfirmed: "Position unconfirmed", stale: "Stale" },
  class: { unknown: "class unknown", micro: "micro", light: "light", small: "small", medium: "medium", large: "large", agricultural: "agricultural" },
  scenario: {
    wellness: "Wellness", rescue: "Rescue", city: "City", logistics: "Logistics", agriculture: "Agriculture", tourism: "Tourism", none: "No scenario",
    mark: { wellness: "W", rescue: "R", city: "C", logistics: "L", agriculture: "A", tourism: "T" },
  },
  severity: { none: "none", info: "Blue info", advisory: "Yellow advisory", caution: "Orange caution", warning: "Red warning" },
  hazard: {
    zone_entry: "Zone", height: "Above height limit", identity: "Unidentified", identity_mismatch: "Identity mismatch", speed: "Above speed limit", battery: "Low battery", emergency: "Emergency", silence: "Lost link", c2_loss: "C2 link lost",
    source_down: "Gateway offline", separation: "Separation", rule_fault: "Rule failed", offline: "Offline", none: "Alert",
  },
  object: { aircraft: "Aircraft", pair: "Pair", traffic: "Crewed traffic", source: "Gateway", station: "Station", zone: "Zone", plan: "Plan", rule: "Rule", device: "Device" },
  unjudged: {
    no_position: "no position", no_height: "no height", no_terrain: "ground height unknown", no_common_datum: "limit and reported heights share no datum", source_down: "gateway offline",
    jump_unconfirmed: "jump not confirmed", rule_fault: "rule failed", no_speed: "no speed", no_battery: "no battery level", no_zones: "zone look-up failed", no_qnh: "pressure altitude without QNH", too_many: "too many pairs at once", silent: "no new report", other: "another reason",
  },
  pack: { platform: "of the platform", base: "national base rules", wellness: "Wellness", rescue: "Rescue", city: "City", logistics: "Logistics", agriculture: "Agriculture", tourism: "Tourism" },
  note: { class_unknown: "class unknown, judged by 120 m", flat_ground: "height above take-off, flat ground assumed", agricultural: "agricultural, 30 m" },
  close: { true: "True", false_alarm: "False alarm", duplicate: "Duplicate", drill: "Drill" },
  resolve: {
    clear: "judged clear", zone_ended: "the zone ended", zone_changed: "the zone changed", landed: "landed", folded: "folded under its gateway", person: "ended by a person", rule_removed: "the rule was removed",
    found_late: "found on a late report, past", removed: "aircraft removed", merged: "merged into one aircraft",
  },
  handling: { new: "Not acked", acknowledged: "Acknowledged", assigned: "Assigned", to: "to {{who}}", in_hand: "In hand", closed: "Closed" },
  height: { reported_agl: "AGL as reported", terrain: "altitude less terrain", terrain_envelope: "altitude less the range of the ground hereabouts", flat_ground: "above take-off, flat ground assumed", none: "no evidence of height above ground" },
  restriction: {
    prohibited: "Prohibited", requires_authorisation: "Authorisation", conditional: "Conditional", no_restriction: "No restriction",
    mark: { prohibited: "P", requires_authorisation: "A", conditional: "C", no_restriction: "–" },
  },
  datum: { ellipsoid: "HAE", amsl: "AMSL", agl: "AGL", above_takeoff: "above take-off", pressure_isa: "pressure alt." },
  zone: {
    temporaryMark: "T", superiorMark: "Superior", volumes: "and more, {{n}} volumes", left: "{{time}} left",
    ground: "GND", from: "from {{low}}, no ceiling", starts: "from {{when}}", ends: "until {{when}}", ended: "ended", blind: "?",
  },
  zoneCard: {
    limits: "Heights", more: "{{n}} more volumes", buffer: "Buffer", band: "Notice band", validity: "Applies", always: "always", applies: "now", not: "not now", events: "sunrise and sunset are not computed: counts as always", conditions: "Conditions", message: "Message",
    reason: "Reason", authority: "Authority", source: "Source", version: "Version", open: "Open in Airspace",
  },
  grid: {
    title: "BeiDou grid density", now: "Grid: aircraft now", minutes: "Grid: aircraft-min, {{n}} min", short: "now", hover: "Point at a cell for its code", aircraft: "{{n}} aircraft", aircraftMinutes: "{{n}} aircraft-minutes", failed: "The grid was not read: this is old",
  },
  traffic: { anonymous: "Crewed, unnamed", height: "Height", seen: "Seen by", category: "Category" },
  pair: {
    soon: "in {{seconds}} s {{apart}}, min {{minima}}", now: "{{apart}}, min {{minima}}", noHeight: "height diff. unknown", closest: "Closest", atFinding: "When judged", in: "in {{seconds}} s", horizontal: "Horizontal", vertical: "Vertical",
    beside: "{{v}}, min {{limit}}", unjudged: "Unjudged",
  },
  zoneImport: {
    title: "Import zones", back: "Options", choose: "Choose a file, or drop it here", formats: "GeoJSON, ED-269, ED-318, KML/KMZ, OpenAir, up to 16 MB", tooLarge: "The file is over 16 MB; the server does not read it. Split it.", emptyFile: "The file is empty.",
    crs: "Coordinates in the file (required; a wrong choice shifts every zone)", format: "Format", source: "Source", sourceHint: "where the file comes from", superior: "Superior", superiorHint: "if a superior's copy: then read-only",
    system: { wgs84: "WGS-84", cgcs2000: "CGCS2000", gcj02: "GCJ-02", bd09: "BD-09" },
    systemHint: {
      wgs84: "GPS coordinates; ED-269, ED-318, OpenAir and most GeoJSON and KML", cgcs2000: "China's national datum; survey and ATC data, within 1 m of WGS-84",
      gcj02: "obfuscated coordinates of Amap and Tencent maps, off by 300–700 m", bd09: "Baidu maps, obfuscated once more on top of GCJ-02",
    },
    formatName: { auto: "Detect", geojson: "GeoJSON", ed269: "ED-269", ed318: "ED-318", kml: "KML", kmz: "KMZ", openair: "OpenAir" },
    read: "Read and preview", needFile: "Choose a file first", needCrs: "Say which coordinates it has", dryHint: "Reads only, publishes nothing", reading: "Reading…", publishing: "Publishing…", notRead: "The file was not read", notPublished: "Not published, no zone changed",
    accepted: "{{accepted}} of {{read}} zones can be published", published: "{{n}} changes published", zones: "Zones", remarks: "Remarks", noId: "no id", byReason: "All reasons",
    change: { new: "New", changed: "Changed", same: "Same" }, kind: { refused: "Refused", repaired: "Repaired", noted: "Noted" },
    without: "Leave out the {{n}} refused zones", reason: "Reason", reasonHint: "Why this is published; kept with the version", needReason: "Give a reason", blocked: "Zones are refused: mend the file, or leave them out", nothing: "Nothing is new or changed",
    publish: "Publish {{n}} changes", endMissing: "End the superior's zones that are not in the file", ended: "To end",
  },
  weekday: { "0": "Sun", "1": "Mon", "2": "Tue", "3": "Wed", "4": "Thu", "5": "Fri", "6": "Sat" },
  keys: {
    title: "All keys", space: "Space", off: "Off while typing", acknowledge: "Acknowledge the alert", close: "Close the alert (pick a reason, 5 s to undo)", call: "Call the pilot (the look is recorded)", goTo: "Go to it on the map", assign: "Assign", handOver: "Hand over (county ↔ city)", pullUp: "Pull up to the city",
    next: "Next, previous alert", search: "Search", trails: "Show or hide trails", sound: "Mute for 15 minutes, unmute", follow: "Follow the selected aircraft", link: "Copy a link to this view", clear: "Clear filters",
    severity: "Filter by severity", escape: "Collapse, deselect", help: "This page",
  },
};

export default en;
