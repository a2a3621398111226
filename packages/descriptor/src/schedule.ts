/** What is wrong with a cron expression of five fields (minute, hour, day, month, weekday); null where nothing is.
 * Accepted as in crontab(5): *, numbers, names of months and days, a-b, /step, and lists of these. */
export function cronError(cron: string): string | null {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    return `Cron expression "${cron}" has ${fields.length} parts, but 5 are wanted: minute hour day month weekday`;
  }
  for (const [index, field] of FIELDS.entries()) {
    const error = fieldError(fields[index] ?? "", field);
    if (error !== null) return `Failed to parse cron expression "${cron}". ${error}`;
  }
  return null;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly greatest: number;
  /** Upper-case names of values, the first for `least`. */
  readonly names: readonly string[];
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const FIELDS: readonly Field[] = [
  { name: "minute", least: 0, greatest: 59, names: [] },
  { name: "hour", least: 0, greatest: 23, names: [] },
  { name: "day", least: 1, greatest: 31, names: [] },
  { name: "month", least: 1, greatest: 12, names: MONTHS },
  { name: "weekday", least: 0, greatest: 7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] },
];

function fieldError(text: string, field: Field): string | null {
  for (const part of text.split(",")) {
    const [range = "", step, ...more] = part.split("/");
    if (more.length > 0) return `More than one "/" in ${field.name} "${part}"`;
    if (step !== undefined && !/^0*[1-9]\d*$/.test(step))
      return `The step in ${field.name} "${part}" is no number above 0`;
    const error = rangeError(range, field);
    if (error !== null) return error;
  }
  return null;
}

function rangeError(range: string, field: Field): string | null {
  if (range === "*") return null;
  const ends = range.split("-");
  if (ends.length > 2) return `More than one "-" in ${field.name} "${range}"`;
  const values: number[] = [];
  for (const end of ends) {
    const value = valueOf(end, field);
    if (value === null)
      return `Invalid chars in expression! Expression: ${end} Invalid chars: ${invalidCharacters(end)}`;
    if (value < field.least || value > field.greatest) {
      return `Value ${end} of ${field.name} is not in range [${field.least}, ${field.greatest}]`;
    }
    values.push(value);
  }
  const [from = 0, to = from] = values;
  return from > to ? `The range ${range} of ${field.name} ends before it starts` : null;
}

function valueOf(text: string, field: Field): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const index = field.names.indexOf(text.toUpperCase());
  return index === -1 ? null : field.least + index;
}

function invalidCharacters(text: string): string {
  return text.replace(/\d/g, "").toUpperCase();
}

const OFFSET = /^(?:Z|(?:UTC|GMT|UT)?[+-]\d{1,2}(?::?\d{2})?)$/;

/** What is wrong with a zone; null where nothing is: an IANA name ("Europe/Paris", "CET") or an offset ("+02:00", "UTC+2"). */
export function zoneError(zone: string): string | null {
  if (OFFSET.test(zone)) return null;
  try {
    return Intl.DateTimeFormat("en", { timeZone: zone }) instanceof Intl.DateTimeFormat
      ? null
      : unknownZone(zone);
  } catch {
    return unknownZone(zone); // RangeError is how Intl says that it has no such zone
  }
}

function unknownZone(zone: string): string {
  return `Unknown time-zone ID: ${zone}`;
}
