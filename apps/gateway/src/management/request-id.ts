/** Okapi's ids: "123456/users", chained by semicolons on the way from module to module. Whatever else a client sends is
 * replaced: the id goes into logs and into other modules' headers. */
const accepted = /^[A-Za-z0-9._~%:@+,=/;-]{1,512}$/;

const SEGMENT_CHARS = 64;

/** The id of a request, made as Okapi makes it: six digits and the first segment of the path, behind the caller's own.
 * @param given X-Okapi-Request-Id as it came */
export function requestIdFor(path: string, given: string | null): string {
  const from = path.startsWith("/_/") ? 3 : 1;
  const end = path.indexOf("/", from);
  const segment = path.slice(from, end === -1 ? from + SEGMENT_CHARS : Math.min(end, from + SEGMENT_CHARS));
  // To tell requests apart, not to be secret.
  const own = `${String(Math.floor(Math.random() * 1_000_000)).padStart(6, "0")}/${segment}`;
  return given !== null && accepted.test(given) ? `${given};${own}` : own;
}
