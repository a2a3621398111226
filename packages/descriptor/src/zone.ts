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
