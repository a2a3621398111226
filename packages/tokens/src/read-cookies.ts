/** The values of one cookie in a Cookie header, in order, as Netty's strict decoder has them (Okapi uses it): a pair whose
 * name or value holds a character that RFC 6265 does not allow is passed over, quotes around a value are taken off. */
export function cookieValues(header: string, name: string): readonly string[] {
  if (!header.includes(name)) return NONE;
  const values: string[] = [];
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals === -1) continue;
    if (pair.slice(0, equals).replace(SEPARATORS, "") !== name) continue;
    const value = unquoted(pair.slice(equals + 1));
    if (value !== null && VALUE.test(value)) values.push(value);
  }
  return values;
}

function unquoted(value: string): string | null {
  if (!value.startsWith('"')) return value;
  return value.length > 1 && value.endsWith('"') ? value.slice(1, -1) : null;
}

const NONE: readonly string[] = [];
/** What may stand before a name: Netty takes commas for separators as well. */
const SEPARATORS = /^[\t\n\v\f\r ,]+/;
/** cookie-octet of RFC 6265. */
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;
