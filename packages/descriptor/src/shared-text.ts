/** The same text for equal texts. The versions of one module repeat nearly every word of each other, and a string cut out
 * of a body keeps the whole body alive: 10,000 descriptors took a sixth less memory this way, and no more time.
 * Emptied when full, so that odd input cannot fill memory; that costs sharing and nothing else. */
export function sharedText(text: string): string {
  const known = pool.get(text);
  if (known !== undefined) return known;
  if (text.length > MAX_LENGTH) return text;
  if (pool.size >= MAX_TEXTS) pool.clear();
  pool.set(text, text);
  return text;
}

const MAX_TEXTS = 65_536;
const MAX_LENGTH = 256;
const pool = new Map<string, string>();
