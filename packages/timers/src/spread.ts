/** A number from 0 to below 1 that a text always has: what spreads tenants over time and instances alike everywhere.
 * FNV-1a, its bits mixed at the end so that texts which differ in the last character are far apart. */
export function fractionOf(text: string): number {
  return hashOf(text) / 2 ** 32;
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
