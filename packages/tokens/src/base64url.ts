/** Base64url as RFC 7515 has it: no padding, and only the one spelling that encoding would give. A lax reader would take
 * several texts for one token, and a cache keyed by the text would hold them all. */
export function decodeBase64url(text: string): Buffer | null {
  if (text.length % 4 === 1 || !ALPHABET.test(text)) return null;
  const bytes = Buffer.from(text, "base64url");
  // The bits that the last character has to spare must be zero.
  return text.length % 4 === 0 || bytes.toString("base64url") === text ? bytes : null;
}

export function encodeBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

const ALPHABET = /^[A-Za-z0-9_-]*$/;
