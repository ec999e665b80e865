import type { ZoneWords } from "./zh";

const en: ZoneWords = {
  title: "Airspace", count: "{{n}}", of: "{{n}} of {{all}}", back: "Back to the list", close: "Close the airspace page", search: "Name, id, kind, authority, source", sortBy: "Order", filterBy: "Validity",
  all: "All", none: "No zone is in force", noneHint: "Draw one, or import a file.", hidden: "The filter hides all {{n}} zones", waiting: "Reading the zones",
  create: "New zone", import: "Import", export: "Export", select: "Select", selectDone: "Done", selected: "{{n}} selected", selectAll: "Select all", ofList: "List", change: "Edit", locate: "Go", copyOf: "Copy as a new zone",
  noRight: "You may not edit", version: "v{{n}}", buffer: "buffer {{v}}", unknown: "–",
  facet: { now: "In force now", today: "Later today", scheduled: "Scheduled", ending: "Ends within 24 h", ended: "Ended", temporary: "Temporary", superior: "Superior (read-only)", demo: "Demo" },
  sort: { name: "Name", restriction: "Restriction", published: "Newest first", ends: "Ending first", ceiling: "Lowest ceiling first" },
  valid: { now: "In force", left: "In force, {{time}} left", until: "until {{when}}", from: "from {{when}}", ended: "Ended" },
  own: "drawn here", temporaryMark: "T", readOnly: "read-only",
  limits: { ground: "GND", unlimited: "no ceiling", band: "{{low}}–{{high}}", above: "from {{low}}, no ceiling", all: "GND, no ceiling", volumes: "{{n}} volumes" },
  unit: { m: "m", ft: "ft" },
  geoid: { cn1985: "1985 height datum (China)", egm96: "EGM96", egm2008: "EGM2008" },
  event: { BMCT: "morning civil twilight", SR: "sunrise", SS: "sunset", EECT: "end of evening twilight" },
  schedule: {
    always: "Permanent", daily: "daily", range: "{{from}}–{{to}}", and: ", ", from: "from {{from}}", until: "until {{to}}", fromTo: "{{from}} to {{to}}", between: "{{from}} to {{to}}", nextDay: "{{time}} next day",
    events: "Sunrise, sunset and the like are kept as published. They are not computed: between the dates the zone is judged as always in force.", clock: "Times are Asia/Shanghai (UTC+8)",
  },
  field: {
    name: "Name", restriction: "Restriction", kind: "Kind", shape: "Area", floor: "Floor", ceiling: "Ceiling", further: "Further volumes", applicability: "Applies", temporary: "Temporary", buffer: "Buffer", warningBand: "Warning band",
    reasons: "Reason codes", reason: "Reason", conditions: "Conditions", message: "Message", authority: "Authority", contacts: "Contacts", exemptions: "Exemptions", source: "Source", superior: "Superior platform",
    organisation: "Organisation", jurisdictions: "Jurisdictions", demo: "Demo", ed: "ED-269/318 extras", id: "Id", published: "Published", area: "Area", vertices: "Vertices", other: "Other", limits: "Height",
  },
  card: {
    height: "Height", always: "Does not change with time", who: "Contacts", noContact: "No contact is registered: there is nobody to ask", noAuthority: "No authority is registered", noReason: "No reason is given", edKept: "kept as published, not judged", bufferNone: "0 m, no buffer", warningNone: "no warning band: nobody is told when near",
    own: "Drawn here", superior: "A copy of what {{name}} published, read-only; only another import from there changes or ends it", demoNote: "Fictional; removed when the demo is off", hot: "An aircraft is inside", exempt: "Exempt", exemptNone: "no exemptions",
    before: "{{v}} ahead", unlimitedNote: "No ceiling: every height is inside", groundNote: "No floor: from the ground", more: "all {{n}}", gone: "This zone is not in force: it has ended, or you may not see it",
  },
  purpose: { AUTHORIZATION: "authorisation", NOTIFICATION: "notification", INFORMATION: "information" },
  reasonCode: {
    AIR_TRAFFIC: "Air traffic", SENSITIVE: "Sensitive site", PRIVACY: "Privacy", POPULATION: "Crowds", NATURE: "Nature", NOISE: "Noise", EMERGENCY: "Emergency", DAR: "Dynamic airspace", FOREIGN_TERRITORY: "Foreign territory", OTHER: "Other",
  },
  versions: {
    title: "Versions", current: "current", first: "First publication", by: "by {{by}}", ended: "ended {{when}}", noReason: "no reason given", noDiff: "Same content", restore: "Restore…", restoring: "Restore v{{n}}: its content becomes a new version", view: "Show on map", unread: "The versions were not read", moved: "the area has changed", before: "was", after: "is", unknownBefore: "The version before is not kept: nothing to compare",
  },
  shape: { vertices: "{{n}} vertices", circle: "circle", corridor: "corridor", polygon: "polygon", parts: "{{n}} parts", holes: "{{n}} holes", about: "about {{v}}" },
  act: {
    reason: "Reason", reasonHint: "Goes into the record of versions; others see it", publish: "Publish…", publishAs: "Publish v{{n}}…", confirm: "Publish", cancel: "Not yet", restore: "Restore", end: "End zone…", endConfirm: "End it", ending: "It is no longer judged; alerts because of it are resolved.",
    inSeconds: "{{what}} in {{n}} s", now: "Now", undo: "Undo", willPublish: "Publishing {{name}}", willEnd: "Ending {{name}}", willRestore: "Restoring v{{n}}", published: "{{name}} v{{n}} is published", ended: "{{name}} has ended", restored: "Restored as v{{n}}", dropped: "You left the page: {{what}} was not done",
    publishing: "Publishing", failedPublish: "Not published", failedEnd: "The zone has not ended", failedRestore: "Not restored", failedExport: "Not exported", noReason: "Give a reason first", publishWord: "publishing", endWord: "ending", restoreWord: "restoring",
  },
  exports: { format: "Format", one: "This zone", chosen: "{{n}} selected", all: "All in force", tooMany: "At most {{n}} zones by id at once; all of them can be exported together", saved: "Saved as {{name}}" },
  draft: {
    title: "Drafts", mark: "Draft", saved: "saved {{time}}", unsaved: "The draft is not kept on this device: the browser's storage is full or blocked. Publish before you leave.", resume: "Continue", discard: "Discard draft", discarded: "Draft discarded", undo: "Bring it back", leave: "Keep draft, go back", leaveClean: "Go back",
    noName: "Unnamed zone", of: "from v{{n}}", fresh: "new zone", stale: "v{{n}} is in force now",
  },
  edit: {
    newTitle: "New zone", title: "Edit {{name}}", undo: "Undo", redo: "Redo", what: "Name and restriction", where: "Area", height: "Height", when: "When it applies", margins: "Buffer and warning band", why: "Reason, conditions, contacts", exempt: "Exemptions",
    nameZh: "Name in Chinese", nameEn: "Name in English", id: "Id", idHint: "Cannot be changed once published", kind: "Kind of object", kindNone: "Not given", kindOther: "{{kind}} (not registered)", volume: "Volume {{n}}", addVolume: "Add a volume", removeVolume: "Delete volume {{n}}",
    floor: "Floor", ceiling: "Ceiling", value: "Height", unit: "Unit", datum: "Datum", geoid: "Geoid", fromGround: "blank: from the ground", unlimited: "blank: no ceiling",
    always: "Permanent", schedule: "Scheduled", temporary: "Temporary", addPeriod: "Add a period", removePeriod: "Delete period {{n}}", period: "Period {{n}}", from: "From", until: "Until", weekdays: "Weekdays", start: "Daily from", end: "Daily until", event: "Day event", eventNone: "by the clock", instantHint: "2026-10-15 14:30", clockHint: "08:30",
    ttl: "From now", minutes: "{{n}} min", hours: "{{n}} h", temporaryHint: "Ends by itself then; the record says so", overMidnight: "over midnight, counts for the day it starts on",
    buffer: "Buffer m", bufferHint: "blank: the default of the kind, {{v}}", bufferNone: "blank: 0 m, no buffer", warningBand: "Warning band m", warningHint: "Who comes this near is told; blank: nobody",
    reasonCodes: "Reason codes", reasonZh: "Reason (Chinese)", reasonEn: "Reason (English)", conditionsZh: "Conditions (Chinese)", conditionsEn: "Conditions (English)", messageZh: "Message (Chinese)", messageEn: "Message (English)", authority: "Authority",
    contacts: "Contacts", addContact: "Add a contact", contactName: "Unit or name", contactPerson: "Person", contactPhone: "Phone", contactEmail: "E-mail", contactUrl: "Web address", contactPurpose: "Purpose", contactBefore: "Ahead (PT4H)", remove: "Delete",
    addExemption: "Add an exemption", organisation: "Organisation id", scenario: "Scenario", plan: "Plan id", anyScenario: "Any scenario", exemptHint: "All of one line must hold; an aircraft that fits is not alerted on inside", required: "required",
  },
  draw: {
    polygon: "Polygon", circle: "Circle", corridor: "Corridor", part: "Add part", hole: "Cut hole", paste: "Paste", again: "Drawing anew replaces the area", removeRing: "Delete", ringPart: "Part {{n}}", ringHole: "Hole {{k}} of part {{n}}",
    hintPolygon: "Click point by point; the first point, a double click or Enter ends, Backspace takes one back, Esc cancels", hintCircle: "Click the centre, then a point on the rim", hintCorridor: "Click along the centre line; double click or Enter ends", hintHole: "Click point by point inside a part; the first point or Enter ends", hintEdit: "Drag a vertex; click the middle of an edge to insert; arrows move 1 m (Shift 10 m), Delete removes", snap: "Holds fast to vertices of zones nearby; not while Alt is down",
    finish: "Finish", cancel: "Cancel", few: "Not enough points yet", fewest: "These are the fewest vertices; draw it anew", outside: "A hole lies inside a part", length: "length {{v}}", radius: "radius {{v}}", area: "area {{v}}",
    vertex: "Vertex", longitude: "Longitude", latitude: "Latitude", centre: "Centre", radiusM: "Radius m", widthM: "Width m", insert: "Insert a vertex behind", delete: "Delete the vertex", most: "The first {{n}} of {{all}} vertices; change the others on the map, or paste them all", notEditable: "This shape cannot be changed on the map; draw it anew or paste it",
    pasteHint: "One “longitude, latitude” a line (WGS-84, decimal or degrees, minutes, seconds), or one GeoJSON geometry", pasteAs: "As", take: "Use it", small: "The screen is too small to draw on: paste coordinates, or draw on a larger one.",
    problem: { empty: "Nothing there", pairs: "A line is not “longitude, latitude”", range: "A coordinate is out of range", swapped: "Latitude seems to come first: put longitude first", few: "Too few points", geojson: "Not one GeoJSON geometry that can be used" },
  },
  problem: {
    noName: "Give it a name", badId: "1 to 64 characters without spaces", noShape: "It has no area yet", crosses: "The outline crosses itself", noNumber: "Not a number", floorAbove: "The floor is above the ceiling", noPeriod: "Add at least one period", noInstant: "Write 2026-10-15 14:30", noClock: "Write 08:30", needsEnd: "A temporary zone needs an end",
    endsFirst: "Ends before it begins", endedAlready: "Lies in the past", blankExemption: "Fill in at least one",
  },
  server: {
    crosses: "The outline crosses itself", neverApplies: "This period never applies", floorAbove: "The floor is above the ceiling", tooLong: "Too long", badDatum: "This datum cannot be used", tooFar: "Out of range", empty: "Is empty", notClosed: "Is not closed", tooMany: "Too many", tooLarge: "Too large", missing: "Is missing", untilFirst: "Ends before it begins", belowGround: "Is below the ground", notKnown: "Is not known", needsEnd: "Every period of a temporary zone needs an end",
  },
  check: {
    title: "Check", waiting: "Checked as soon as it is complete", running: "Checking", ok: "Can be published", not: "Cannot be published yet", problems: "{{n}} to mend", area: "area {{v}}", inside: "{{n}} inside now", insideNone: "no aircraft inside now", near: "{{n}} near", failed: "Not checked", age: "{{age}} ago", noJurisdiction: "in no jurisdiction", jurisdictions: "in {{list}}",
    within: "within the heights", above: "above it", below: "below it", unknown: "height cannot be judged", depth: "{{v}} deep", away: "{{v}} away", volume: "volume {{n}}", notEnforced: "Nothing is judged before it is published", field: "{{field}}: {{problem}}", noPlace: "As a whole",
    cannotTell: "{{n}} of unknown position, may be inside", cut: "the list is cut off", lost: "position not known", exempt: "exempt", notNow: "It does not apply at this moment; listed as if it did",
    prohibitedAll: "Once published, aircraft inside without an exemption are alerted on at once",
  },
  conflict: { title: "Somebody else was first", who: "{{by}} published v{{n}} at {{when}} and changed: {{fields}}.", unknown: "The version in force is no longer v{{n}}.", keep: "Your input is kept.", look: "See the newest", rebase: "Go on from v{{n}}", rebaseHint: "Keeps all of yours; what the other one changed is overwritten" },
};

export default en;
