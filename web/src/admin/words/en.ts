import base from "../../i18n/en";
import type { AdminWords } from "./zh";

const en: AdminWords = {
  sections: { organisations: "Organisations", people: "People", aircraft: "Aircraft", pilots: "Pilots", sites: "Docks and pads", devices: "Devices", expiring: "Expiring", import: "Import", audit: "Audit" },
  noRight: "You may not open this page", noRightHint: "Ask your organisation's administrator for the role if you need it.",
  search: "Search", count: "{{n}}", countOf: "{{n}} of {{all}}", more: "Show more, {{n}} left",
  notRead: "Not read", notRefreshed: "Not refreshed: this is what was read before", filtered: "The filter hides all {{n}}", filteredHint: "Clear the search or the filter.", gone: "Not found", goneHint: "It may have been removed, or lies outside of what you may see.",
  edit: "Edit", save: "Save", saving: "Saving…", remove: "Remove", notSaved: "Not saved", notRemoved: "Not removed", notOwned: "Belongs to an organisation that you do not manage: read only.",
  form: {
    required: "Must be filled in", needed: "required", pattern: "Not in the right form", notSame: "The two are not the same", id: "Letters, digits, dots, underscores, hyphens; at most 64", username: "Lower-case letters, digits, dots, underscores, hyphens; at most 64", organisationId: "Lower-case letters, digits, hyphens; at most 64",
    icao: "Six hexadecimal digits", creditCode: "18 letters and digits",
  },
  failure: {
    "0": "The server was not reached. Check the network and try again; your input is kept.", "401": "The session has ended: sign in again.", "403": "You may not do this, or it belongs to an organisation that you do not manage.", "404": "Not found: it may have been removed, or lies outside of what you may see.", "409": "In conflict with the present state.", "412": "Somebody else changed it first: look at it as it is now.",
    "413": "Too large.", "429": "Too many attempts: try again later.", "503": "The server cannot do this now: try again later.", invalid: "The server does not accept it: {{detail}}", other: "Not done: {{detail}}",
  },
  validity: { unknown: "not given", ended: "ended {{n}} d ago", today: "ends today", left: "{{n}} d left" },
  secret: { copy: "Copy", copied: "Copied", copyFailed: "The browser does not allow copying: write it down.", done: "Kept, do not show again", once: "Shown this once. The platform cannot show it again; if it is lost, make a new one." },
  phone: { none: "not given", hidden: "given; you may not see it", has: "given", look: "Show", recorded: "this look is recorded", left: "hidden in {{n}} s", failed: "The number was not read", keep: "given; leave empty to keep it" },
  kind: base.kind,
  siteKind: { dock: "Dock", pad: "Pad" },
  deviceKind: { aircraft: "Aircraft", gateway: "Gateway", weather: "Weather", traffic: "Crewed traffic" },
  role: base.role,
  permission: {
    flights_read: "See flights", sources_read: "See sources", zones_read: "See zones", zones_write: "Keep zones", alerts_read: "See alerts", alerts_handle: "Handle alerts", alerts_transfer: "Assign and hand over", register_read: "See registers", register_write: "Keep registers",
    personal_read: "See phone numbers", people_read: "See accounts", people_write: "Keep accounts", devices_read: "See devices", devices_write: "Keep devices", audit_read: "See the audit trail", platform_read: "See platform status", simulations_read: "See simulations", simulations_run: "Run simulations",
  },
  field: {
    id: "Id", name: "Name", name_zh: "Chinese name", name_en: "English name", kind: "Kind", organisation_id: "Organisation", organisation: "Organisation", jurisdiction_id: "Seat", jurisdiction_ids: "Seat", scenario: "Scenario", scenarios: "Scenarios seen", class: "Class", classes: "Classes", model: "Model", agricultural: "Agricultural",
    empty_mass_kg: "Empty mass", takeoff_mass_kg: "Max. take-off mass", masses: "Empty / take-off", insured_until: "Insured until", serial: "Serial number", registration_mark: "Registration", remote_ids: "Remote IDs", icao_address: "ICAO address", contact_name: "Contact", contact_phone: "Contact phone", phone: "Phone",
    licence: "Licence number", licence_until: "Licensed until", username: "Account", display_name: "Name", roles: "Roles", password: "Password", position: "Position", longitude: "Longitude", latitude: "Latitude", longitude_deg: "Longitude", latitude_deg: "Latitude", altitude: "Height AMSL", device_id: "Device account", credit_code: "Social credit code", certified_until: "Certified until",
    disabled: "Disabled", demo: "Demo", updated_at: "Updated", until: "Ends", permissions: "Permissions", expires_at: "Expires", zh: "Chinese", en: "English", must_change: "Must change password", version: "Version", reason: "Reason", row: "Row", old: "Present password", new: "New password",
  },
  what: { insurance: "Liability insurance", licence: "Licence", certificate: "Operating certificate" },
  organisations: {
    none: "No organisation to be seen", create: "New organisation", people: "People", aircraft: "Aircraft", pilots: "Pilots", devices: "Devices", counts: "People {{people}} · aircraft {{aircraft}} · pilots {{pilots}} · devices {{devices}}", state: "State", active: "Active", disabled: "Disabled",
    enable: "Enable", disable: "Disable", disableAsk: "Everybody of it is signed out at once and cannot sign in; devices and data stay.", enableAsk: "Its people can sign in again.", fold: "Fold {{name}}", unfold: "Unfold {{name}}",
  },
  people: {
    none: "No account to be seen", create: "New person", allRoles: "All roles", state: "State", active: "Active", disabled: "Disabled", mustChange: "New password due", last: "Last sign-in", by: "Signs in by", external: "OIDC", local: "Password", made: "Made", passwordAt: "Password of",
    rolesHint: "Only roles that fit the organisation are listed.", lacking: "you lack: {{list}}", password: "First password of {{name}}", passwordHint: "Shown this once. Tell it in person or by phone; at the first sign-in it has to be changed.",
    reset: "Reset password", resetAsk: "The present password ends at once, with every session; a new one is made.", notReset: "The password was not reset", end: "End sessions", endAsk: "Every session of this person ends at once.", notEnded: "The sessions were not ended", ended: "All sessions are ended.",
    disable: "Disable", disableAsk: "Signed out at once, cannot sign in, tokens stop working.", enable: "Enable", enableAsk: "Can sign in again.",
  },
  aircraft: {
    none: "No aircraft is registered", noneHint: "Make them one by one, or import a CSV or XLSX file.", create: "New aircraft", removeAsk: "From then on it is an unregistered aircraft; its history stays.", idHint: "The id that it reports under; its serial, registration and Remote IDs are the same aircraft.", remoteHint: "Enter after each; there may be several.",
    byMass: "By its masses the class is {{name}} (Interim Regulations, art. 62).", instead: "This counts, not {{name}} as chosen.", massesWrong: "The masses cannot be: above 0, and take-off not below empty.", massesNeeded: "With both masses the class follows from the law; without, the chosen one counts.",
    show: { all: "Insurance: all", soon: "Ends within 30 d", ended: "Ended", unknown: "Not given" },
  },
  pilots: { none: "No pilot is registered", noneHint: "Make them one by one, or import a CSV or XLSX file.", create: "New pilot", removeAsk: "Licence and phone leave the register; the account stays.", usernameHint: "If the pilot signs in." },
  sites: { none: "No dock or pad is registered", noneHint: "Make them one by one, or import a CSV or XLSX file.", create: "New site", removeAsk: "It leaves the map and the register.", deviceHint: "The gateway that a dock reports through." },
  devices: {
    none: "No device account", noneHint: "Once made, a device signs in over MQTT with the secret that is shown once.", create: "New device", username: "MQTT user name", state: "Connection", since: "Since", address: "Address", refused: "Refused", refusedN: "{{n}} refused", connected: "Connected", away: "Not connected", never: "Never connected", revoked: "Revoked",
    made: "Made", renewed: "Secret of", mismatch: "This device published topics of others. They were refused, and an identity alert was raised.", secret: "Device secret", idHint: "Also the id in its topics; it cannot be changed later.", notMade: "The device was not made", renew: "Renew secret", again: "Enable with a new secret", renewAsk: "The old secret ends at once: the device is cut off until it has the new one.", notRenewed: "The secret was not renewed",
    revoke: "Revoke", revokeAsk: "The device is out within 1 s and cannot sign in again.", notRevoked: "Not revoked", example: "How it connects", theSecret: "(the device's secret)",
    mqtt: { host: "host", port: "port", user: "user name", password: "password", topic: "topic" },
    show: { all: "All", connected: "Connected", away: "Not connected", refused: "With refused messages", revoked: "Revoked" },
  },
  expiring: { within: "Within", days: "Within {{n}} d", none: "Nothing ends within {{n}} d", noneHint: "Insurances, licences and operating certificates were looked at; what has no date is not among them.", what: "What", of: "Of", kind: { aircraft: "Aircraft", pilot: "Pilot", organisation: "Company" } },
  import: {
    kind: { aircraft: "Aircraft", pilots: "Pilots", companies: "Companies", sites: "Docks and pads" }, choose: "Choose a file, or drop it here", formats: "CSV (UTF-8, GB18030) or XLSX, at most 16 MB and 20,000 rows", template: "Template", export: "Export", reading: "Checking…", storing: "Importing…",
    none: "Checked first, then imported", noneHint: "The server checks the file row by row and stores nothing; then all of it is imported, or nothing changes.", notRead: "The file was not read", notStored: "Not imported: the register is as before", tooLarge: "The file is larger than 16 MB: split it.", stored: "{{n}} imported.",
    rows: "Rows of the file", row: "Row", becomes: "Becomes", problems: "Problems and changes", differs: "changes: {{list}}", change: { new: "New", changed: "Changed", same: "Same", refused: "Refused" }, without: "Leave out the {{n}} refused rows", store: "Import {{n}}", blocked: "{{n}} rows are refused: mend the file and choose it again, or leave them out.", nothing: "No row is new or changed.",
    code: {
      needed: "must be filled in", too_long: "is too long", id_invalid: "is not an id", number_invalid: "is not a number", day_invalid: "is not a day", phone_invalid: "is not a telephone number", formula_cell: "the cell is a formula", formula_text: "may be taken for a formula", duplicate_id: "the id is there twice", organisation_unknown: "there is no such organisation",
      organisation_not_owned: "not an organisation of yours", alias_taken: "another aircraft bears it",
    },
  },
  audit: {
    none: "The trail is empty", noneFound: "Nothing fits", noneFoundHint: "Ask for less: who, action, object or time.", countMore: "newest {{n}}", by: "Who", action: "Action", allActions: "All actions", group: "{{name}}: all", object: "Object", objectHint: "Object, e.g. aircraft/l-12", range: "Time range", zone: "UTC+8", clear: "Clear", at: "When", detail: "Detail", from: "From", seq: "No.",
    request: "Request", hash: "Hash", field: "Field", before: "Before", after: "After", sealed: "encrypted", yes: "yes", no: "no", noChange: "No before and after was recorded.", more: "Older entries", verify: "Verify chain", verifying: "Verifying…", notVerified: "Not verified", intact: "The chain is intact up to no. {{n}}", anchor: "Keep this hash outside of the platform: it proves that nothing before was changed.",
    broken: "The chain is broken at no. {{n}}", brokenHint: "From here on entries may have been changed. Secure the database and compare with hashes kept outside.",
  },
  group: { session: "Sign-in", person: "People", token: "Tokens", device: "Devices", organisation: "Organisations", pilot: "Pilots", site: "Sites", aircraft: "Aircraft", zone: "Zones", alert: "Alerts", personal: "Personal data", access: "Refused access", register: "Imports", simulation: "Simulations" },
  object: { user: "account", person: "account", session: "session", token: "token", device: "device", organisation: "organisation", pilot: "pilot", site: "site", aircraft: "aircraft", zone: "zone", alert: "alert", register: "register", simulation: "simulation" },
  action: {
    session_begin: "Signed in", session_end: "Signed out", session_refused: "Sign-in refused", person_create: "Made account", person_change: "Changed account", person_password: "Changed password", person_disable: "Disabled account", token_issue: "Issued token", token_revoke: "Revoked token", device_create: "Made device", device_renew: "Renewed secret", device_revoke: "Revoked device",
    organisation_save: "Saved organisation", pilot_save: "Saved pilot", pilot_remove: "Removed pilot", site_save: "Saved site", site_remove: "Removed site", aircraft_save: "Saved aircraft", aircraft_remove: "Removed aircraft", zone_publish: "Published zone", zone_end: "Ended zone", alert_acknowledge: "Acknowledged alert", alert_comment: "Commented alert", alert_log_call: "Logged call",
    alert_close: "Closed alert", alert_assign: "Assigned alert", alert_hand_over: "Handed alert over", alert_pull_up: "Pulled alert up", personal_look: "Looked at phone", access_denied: "Refused access", register_import: "Imported register", register_export: "Exported register", simulation_start: "Started simulation", simulation_cancel: "Cancelled simulation",
  },
  tokens: {
    title: "API tokens", create: "Issue token", none: "No token.", name: "What for", expires: "Valid until", expiresHint: "Empty: until revoked.", permissions: "Permissions", permissionsHint: "None chosen: the same as the account.", notMade: "The token was not issued", secret: "Token", hint: "Shown this once. Programs send it as the header Authorization: Bearer …", until: "until {{when}}", forever: "until revoked", expired: "expired {{when}}",
    revoked: "revoked {{when}}", made: "issued {{when}}", used: "last used {{when}}", neverUsed: "never used", all: "the account's permissions", revoke: "Revoke", revokeAsk: "Programs that use it lose access at once.", notRevoked: "Not revoked",
  },
  account: {
    who: "You", method: "Signed in by", by: { password: "password", oidc: "OIDC", token: "token" }, permissions: "{{n}} permissions", password: "Password", external: "You sign in through OIDC: the password is changed there.", old: "Present password", new: "New password", again: "New password again", newHint: "At least {{n}} characters.", short: "At least {{n}} characters", change: "Change password", changed: "The password is changed; other sessions are ended.",
    notChanged: "The password was not changed", sessions: "Sessions", current: "this one", unknownAgent: "Unknown browser", began: "signed in {{when}}", used: "last used {{when}}", ends: "until {{when}}", end: "End", endAsk: "It has to sign in again.", notEnded: "Not all were ended", endOthers: "End the others", endOthersAsk: "The other {{n}} sessions have to sign in again.",
    first: "{{name}}, set a password of your own first", firstWhy: "The present one was made by an administrator; others may know it. Then the console opens.",
  },
};

export default en;
