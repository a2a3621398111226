/** By how many milliseconds a zone is ahead of UTC at an instant (milliseconds since 1970). */
export type ZoneOffset = (atMs: number) => number;

const OFFSET = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?$/;
const SHIFTS = new Map<string, ZoneOffset>();
const UTC: ZoneOffset = () => 0;

/** @param zone what a descriptor may name: an IANA name, "Z", an offset ("+02:00", "UTC+2"); null is UTC */
export function zoneOffset(zone: string | null): ZoneOffset {
  if (zone === null || zone === "Z") return UTC;
  const known = SHIFTS.get(zone);
  if (known !== undefined) return known;
  const fixed = fixedOffset(zone);
  const offset = fixed === null ? namedZone(zone) : () => fixed;
  SHIFTS.set(zone, offset);
  return offset;
}

/** @returns null where the text is no offset */
function fixedOffset(text: string): number | null {
  const [, sign, hours, minutes, seconds] = OFFSET.exec(text) ?? [];
  if (sign === undefined) return null;
  const ahead = (Number(hours) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000;
  return sign === "-" ? -ahead : ahead;
}

function namedZone(zone: string): ZoneOffset {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  return (atMs) => {
    const name = format.formatToParts(atMs).find(({ type }) => type === "timeZoneName")?.value;
    return fixedOffset(name ?? "") ?? 0; // "GMT" alone is no offset from it
  };
}
