import { err, ok, type Result } from "@octavo/result";

/** A crontab line of five fields as the values that each field stands for, ascending. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Days of the month; null where the field is "*". */
  readonly days: ReadonlySet<number> | null;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday; null where the field is "*". Where `days` is none either, a day counts that is in one of the two. */
  readonly weekdays: ReadonlySet<number> | null;
}

/** Reads minute, hour, day, month and weekday: *, numbers, names of months and days, a-b, a-b/step, lists of these. "5/15" is
 * 5, 20, 35, 50. What cron-utils takes as UNIX, and Okapi with it.
 * @returns as the error, what is wrong with it in a sentence */
export function parseCron(cron: string): Result<Cron, string> {
  const parts = cron.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    return err(
      `Cron expression "${cron}" has ${parts.length} parts, but 5 are wanted: minute hour day month weekday`,
    );
  }
  const read: (readonly number[])[] = [];
  for (const [index, field] of FIELDS.entries()) {
    const values = readField(parts[index] ?? "", field);
    if (!values.ok) return err(`Failed to parse cron expression "${cron}". ${values.error}`);
    read.push(values.value);
  }
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = read;
  return ok({
    minutes,
    hours,
    days: parts[2] === "*" ? null : new Set(days),
    months: new Set(months),
    weekdays: parts[4] === "*" ? null : new Set(weekdays.map((weekday) => weekday % 7)),
  });
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

function readField(text: string, field: Field): Result<readonly number[], string> {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", step, ...more] = part.split("/");
    if (more.length > 0) return err(`More than one "/" in ${field.name} "${part}"`);
    if (step !== undefined && !/^0*[1-9]\d*$/.test(step))
      return err(`The step in ${field.name} "${part}" is no number above 0`);
    const ends = readRange(range, field, step !== undefined);
    if (!ends.ok) return ends;
    const by = step === undefined ? 1 : Number(step);
    for (let value = ends.value.from; value <= ends.value.to; value += by) values.add(value);
  }
  return ok([...values].sort((a, b) => a - b));
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** @param isStart whether a single value begins a range that a step goes through */
function readRange(range: string, field: Field, isStart: boolean): Result<Range, string> {
  if (range === "*") return ok({ from: field.least, to: field.greatest });
  const ends = range.split("-");
  if (ends.length > 2) return err(`More than one "-" in ${field.name} "${range}"`);
  const values: number[] = [];
  for (const end of ends) {
    const value = valueOf(end, field);
    if (value === null)
      return err(`Invalid chars in expression! Expression: ${end} Invalid chars: ${invalidCharacters(end)}`);
    if (value < field.least || value > field.greatest) {
      return err(`Value ${end} of ${field.name} is not in range [${field.least}, ${field.greatest}]`);
    }
    values.push(value);
  }
  const [from = 0, to = isStart ? field.greatest : from] = values;
  return from > to ? err(`The range ${range} of ${field.name} ends before it starts`) : ok({ from, to });
}

function valueOf(text: string, field: Field): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const index = field.names.indexOf(text.toUpperCase());
  return index === -1 ? null : field.least + index;
}

function invalidCharacters(text: string): string {
  return text.replace(/\d/g, "").toUpperCase();
}
