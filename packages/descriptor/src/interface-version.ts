/** Major, minor and patch; a patch that was not written is -1, below 0. */
type Parts = readonly [major: number, minor: number, patch: number];

const MAX_INT = 2_147_483_647;
const WHOLE_NUMBER = /^[+-]?\d+$/;

/** Whether Okapi takes this as an interface's version: two or three whole numbers, then perhaps alternatives after a space.
 * Only the first is checked, as in Okapi: "1.2 x" is valid and means 1.2. */
export function isValidInterfaceVersion(text: string): boolean {
  return alternativesOf(text).length > 0;
}

/** How `provided` stands to `required`: ±3 major, ±2 minor, ±1 patch, 0 equal, of the first alternative with the same
 * major, or ±3 against the last one. Both must be valid. Ids are the caller's to compare. */
export function compareInterfaceVersions(provided: string, required: string): number {
  if (provided === required && !provided.includes(" ")) return 0;
  const have = alternativesOf(provided)[0];
  if (have === undefined) return -3;
  let order = 0;
  for (const want of alternativesOf(required)) {
    order = Math.sign(have[0] - want[0]) * 3;
    if (order === 0) return Math.sign(have[1] - want[1]) * 2 || Math.sign(have[2] - want[2]);
  }
  return order;
}

/** Same major, and a minor and patch that are not below those required. */
export function isCompatibleVersion(provided: string, required: string): boolean {
  const order = compareInterfaceVersions(provided, required);
  return order >= 0 && order <= 2;
}

// The resolver asks for the same few hundred texts millions of times. Emptied when full, so that odd input cannot fill memory.
const MAX_CACHED = 4096;
const MAX_CACHED_LENGTH = 64;
const cache = new Map<string, readonly Parts[]>();

function alternativesOf(text: string): readonly Parts[] {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const parsed = parseAlternatives(text);
  if (text.length > MAX_CACHED_LENGTH) return parsed;
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(text, parsed);
  return parsed;
}

/** The alternatives up to the first that is none. */
function parseAlternatives(text: string): readonly Parts[] {
  const alternatives: Parts[] = [];
  for (const word of text.split(" ")) {
    const parts = parseParts(word);
    if (parts === null) break;
    alternatives.push(parts);
  }
  return alternatives;
}

function parseParts(word: string): Parts | null {
  const parts = word.split(".");
  while (parts.at(-1) === "") parts.pop(); // as Java's split: "1.2." is 1.2
  if (parts.length < 2 || parts.length > 3) return null;
  const [major = NaN, minor = NaN, patch = -1] = parts.map(parseInt32);
  if (Number.isNaN(major) || Number.isNaN(minor) || Number.isNaN(patch)) return null;
  return [major, minor, patch];
}

function parseInt32(text: string): number {
  const value = WHOLE_NUMBER.test(text) ? Number.parseInt(text, 10) : NaN;
  return value <= MAX_INT && value >= -MAX_INT - 1 ? value : NaN;
}
