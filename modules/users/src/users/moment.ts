/** A day, or a day and a time, as clients of FOLIO write them; without a zone it is UTC. */
const ISO =
  /^(?<day>\d{4}-\d\d-\d\d)(?:[Tt ](?<minute>\d\d:\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?(?<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?)?$/u;

/** How mod-users stores a moment, "2019-11-27T00:00:00.000+00:00": such texts stand in the order of time.
 * @returns null for what is none */
export function momentOf(text: string): string | null {
  const { day, minute = "00:00", second = "00", fraction = "", zone = "Z" } = ISO.exec(text)?.groups ?? {};
  if (day === undefined) return null;
  const milliseconds = fraction.slice(0, 3).padEnd(3, "0");
  const time = Date.parse(`${day}T${minute}:${second}.${milliseconds}${zoneOf(zone)}`);
  if (Number.isNaN(time) || !isDay(day)) return null;
  const moment = new Date(time).toISOString();
  return moment.length === "2019-11-27T00:00:00.000Z".length ? moment.replace("Z", "+00:00") : null;
}

function zoneOf(zone: string): string {
  if (/^z$/iu.test(zone)) return "Z";
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  return `${zone.slice(0, 1)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

/** The 30th of February is read as the 1st of March, or not at all: it is no day. */
function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00.000Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
