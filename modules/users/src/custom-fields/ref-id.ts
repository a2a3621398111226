/** What a field is called in users: the name's letters in camelCase, with a number where others have that already.
 * @param taken of the fields that are there */
export function refIdOf(name: string, taken: readonly string[]): string {
  const base = camelCase(name);
  const numbers = taken.flatMap((refId) => {
    if (refId === base) return 1;
    const [, number] = new RegExp(`^${base}_([2-9]|[1-9]\\d+)$`, "u").exec(refId) ?? [];
    return number === undefined ? [] : Number(number);
  });
  return numbers.length === 0 ? base : `${base}_${Math.max(...numbers) + 1}`;
}

/** "Fávourite colour" is favouriteColour; a name without a Latin letter is called field. */
function camelCase(name: string): string {
  const words = name
    .normalize("NFD")
    .split(/\s+/u)
    .map((word) => word.replaceAll(/[^a-zA-Z]/gu, "").toLowerCase())
    .filter((word) => word !== "");
  const [first = "field", ...others] = words;
  return first + others.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}
