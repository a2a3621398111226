import { randomInt } from "node:crypto";

/** Okapi's ids: "123456/users", chained by semicolons on the way from module to module. Whatever else a client sends is
 * replaced: the id goes into logs and into other modules' headers. */
const accepted = /^[A-Za-z0-9._~%:@+,=/;-]{1,512}$/;

/** The id of a request, made as Okapi makes it: six digits and the first segment of the path, behind the caller's own.
 * @param given X-Okapi-Request-Id as it came */
export function requestIdFor(path: string, given: string | null): string {
  const segments = path.startsWith("/_/") ? path.slice(3) : path.slice(1);
  const own = `${String(randomInt(1_000_000)).padStart(6, "0")}/${segments.split("/", 1).join("").slice(0, 64)}`;
  return given !== null && accepted.test(given) ? `${given};${own}` : own;
}
