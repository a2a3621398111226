/** A text so written that texts sort by the size of the numbers in them: letters are capitals, a number has the count of its digits
 * before it ("v.12" and "v.9": "V 212 ", "V 19 "), all else between two of them is one space. As marc4j's call numbers have it, since
 * FOLIO's clients compare shelving orders that other systems have made. */
export function sortableText(text: string): string {
  let key = "";
  let end = 0;
  for (const { 0: token, index } of text.matchAll(/[A-Za-z]+|\d[\d.]*/gu)) {
    const isNumber = token.charCodeAt(0) <= NINE;
    const touchesNumber = index === end && !isNumber; // "15th" is one word, "no2" two
    if (key !== "" && !touchesNumber) key += " ";
    key += isNumber ? sortableNumber(token) : token.toUpperCase();
    end = index + token.length;
  }
  return key !== "" && end < text.length ? `${key} ` : key;
}

const NINE = "9".charCodeAt(0);

/** @param number digits, or digits with full stops among them, of which those before the first are counted */
export function sortableNumber(number: string): string {
  const [whole = ""] = /^\d*/u.exec(number) ?? [];
  const zeros = (/^0*/u.exec(number) ?? [""])[0].length;
  return `${whole.length - zeros}${number.slice(zeros)}`;
}

/** The key with a space after it, unless it is empty or has one. */
export function spaced(key: string): string {
  return key === "" || key.endsWith(" ") ? key : `${key} `;
}
