/** An ISBN whose check digit is right: ten or thirteen characters without hyphens. */
export interface Isbn {
  readonly digits: string;
  readonly length: 10 | 13;
}

/** White space of ASCII, which is what the validator of mod-inventory knows. */
const BETWEEN = "[-\\t\\n\\v\\f\\r ]";
const GROUPED = `\\d{1,5}${BETWEEN}\\d{1,7}${BETWEEN}\\d{1,6}${BETWEEN}`;
const TEN = new RegExp(`^(?:\\d{9}[\\dX]|${GROUPED}[\\dX])$`, "u");
const THIRTEEN = new RegExp(`^97[89](?:\\d{10}|${BETWEEN}${GROUPED}\\d)$`, "u");
const SEPARATORS = new RegExp(BETWEEN, "gu");

/** Only these have a counterpart of ten digits. */
const BOOKLAND = "978";

/** Reads ten digits, or four parts with one hyphen or blank between them. Blanks around it do not count; the last may be a capital X.
 * @returns null for anything else, and where the check digit is wrong */
export function parseIsbn10(text: string): Isbn | null {
  const digits = digitsOf(text, TEN, 10);
  return digits !== null && checkDigit10(digits.slice(0, 9)) === digits[9] ? { digits, length: 10 } : null;
}

/** Reads 978 or 979 and ten digits, or five parts with one hyphen or blank between them.
 * @returns null for anything else, and where the check digit is wrong */
export function parseIsbn13(text: string): Isbn | null {
  const digits = digitsOf(text, THIRTEEN, 13);
  return digits !== null && checkDigit13(digits.slice(0, 12)) === digits[12] ? { digits, length: 13 } : null;
}

/** @returns null for thirteen digits that begin with 979: no ten stand for them */
export function toIsbn10({ digits, length }: Isbn): Isbn | null {
  if (length === 10) return { digits, length };
  if (!digits.startsWith(BOOKLAND)) return null;
  const body = digits.slice(3, 12);
  return { digits: `${body}${checkDigit10(body)}`, length: 10 };
}

export function toIsbn13({ digits, length }: Isbn): Isbn {
  if (length === 13) return { digits, length };
  const body = `${BOOKLAND}${digits.slice(0, 9)}`;
  return { digits: `${body}${checkDigit13(body)}`, length: 13 };
}

function digitsOf(text: string, form: RegExp, length: number): string | null {
  const trimmed = text.trim();
  if (!form.test(trimmed)) return null;
  const digits = trimmed.replaceAll(SEPARATORS, "");
  return digits.length === length ? digits : null;
}

/** ISO 2108: weights 10 to 2, modulo 11; ten is an X. */
function checkDigit10(body: string): string {
  const sum = Array.from(body, Number).reduce((total, digit, at) => total + (10 - at) * digit, 0);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? "X" : String(check);
}

/** ISO 2108: weights 1 and 3 in turn, modulo 10. */
function checkDigit13(body: string): string {
  const sum = Array.from(body, Number).reduce(
    (total, digit, at) => total + (at % 2 === 0 ? 1 : 3) * digit,
    0,
  );
  return String((10 - (sum % 10)) % 10);
}
