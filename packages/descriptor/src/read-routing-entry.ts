import type { JsonValue } from "@octavo/json";
import { parseCron } from "./cron.ts";
import type { EntryType, RoutingEntry, TimerUnit } from "./module-descriptor.ts";
import { ObjectReader } from "./object-reader.ts";
import { pathPatternError } from "./path-pattern.ts";
import type { Place } from "./place.ts";
import { zoneError } from "./zone.ts";

const KNOWN: ReadonlySet<string> = new Set([
  "methods",
  "pathPattern",
  "path",
  "rewritePath",
  "phase",
  "level",
  "type",
  "redirectPath",
  "unit",
  "delay",
  "schedule",
  "permissionsRequired",
  "permissionsDesired",
  "modulePermissions",
  "permissionsRequiredTenant",
  "delegateCORS",
]);

export function readRoutingEntry(value: JsonValue, place: Place | null): RoutingEntry {
  const entry = new ObjectReader(value, place, KNOWN);
  return {
    methods: readMethods(entry),
    pathPattern: readPathPattern(entry),
    path: entry.text("path"),
    rewritePath: entry.text("rewritePath"),
    phase: readPhase(entry),
    level: entry.text("level"),
    type: readType(entry),
    redirectPath: entry.text("redirectPath"),
    unit: readUnit(entry),
    delay: entry.text("delay"),
    schedule: entry.one("schedule", readSchedule),
    permissionsRequired: entry.textsOrNull("permissionsRequired"),
    permissionsDesired: entry.texts("permissionsDesired"),
    modulePermissions: entry.textsOrNull("modulePermissions"),
    permissionsRequiredTenant: entry.textsOrNull("permissionsRequiredTenant"),
    delegateCors: entry.flag("delegateCORS") ?? false,
  };
}

/** The methods that Okapi's HTTP server has a name for. "*" stands for all. */
const METHODS: ReadonlySet<string> = new Set(
  (
    "* GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK MKCALENDAR " +
    "VERSION-CONTROL REPORT CHECKOUT CHECKIN UNCHECKOUT MKWORKSPACE UPDATE LABEL MERGE BASELINE-CONTROL MKACTIVITY " +
    "ORDERPATCH ACL SEARCH"
  ).split(" "),
);

function readMethods(entry: ObjectReader): readonly string[] {
  const methods = entry.texts("methods");
  for (const method of methods) {
    if (!METHODS.has(method)) return entry.refuse("methods", method);
  }
  return methods;
}

function readPathPattern(entry: ObjectReader): string | null {
  const pattern = entry.text("pathPattern");
  const error = pattern === null ? null : pathPatternError(pattern);
  return error === null ? pattern : entry.refuse("pathPattern", error);
}

const PHASES: ReadonlySet<string> = new Set(["auth", "pre", "post"]);

function readPhase(entry: ObjectReader): string | null {
  const phase = entry.text("phase");
  return phase === null || PHASES.has(phase) ? phase : entry.refuse("phase", `Invalid phase ${phase}`);
}

const TYPES = {
  "request-response": true,
  "request-response-1.0": true,
  "request-only": true,
  "request-log": true,
  headers: true,
  redirect: true,
  internal: true,
  system: true,
} as const satisfies Record<EntryType, true>;

function readType(entry: ObjectReader): EntryType {
  const type = entry.text("type") ?? "request-response";
  return isKeyOf(TYPES, type) ? type : entry.refuse("type", `Invalid entry type: ${type}`);
}

const UNITS = {
  millisecond: true,
  second: true,
  minute: true,
  hour: true,
  day: true,
} as const satisfies Record<TimerUnit, true>;

function readUnit(entry: ObjectReader): TimerUnit | null {
  const unit = entry.text("unit");
  return unit === null || isKeyOf(UNITS, unit) ? unit : entry.refuse("unit", unit);
}

function isKeyOf<K extends string>(table: Readonly<Record<K, true>>, text: string): text is K {
  return Object.hasOwn(table, text);
}

const KNOWN_IN_SCHEDULE: ReadonlySet<string> = new Set(["cron", "zone"]);

/** null where it names no cron expression: such a timer never fires. */
function readSchedule(value: JsonValue, place: Place): RoutingEntry["schedule"] {
  const schedule = new ObjectReader(value, place, KNOWN_IN_SCHEDULE);
  const cron = schedule.text("cron");
  const zone = schedule.text("zone");
  const parsed = cron === null ? null : parseCron(cron);
  if (parsed?.ok === false) return schedule.refuse("cron", parsed.error);
  const badZone = zone === null ? null : zoneError(zone);
  if (badZone !== null) return schedule.refuse("zone", badZone);
  return cron === null ? null : { cron, zone };
}
