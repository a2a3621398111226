import { err, ok, type Result } from "@octavo/result";

export interface RequestTarget {
  /** As sent, without the query. */
  readonly path: string;
  /** As sent, without the question mark; "" where there is none. */
  readonly query: string;
}

/** Checks a request target in origin form ("*" with OPTIONS as well): reject, never repair, because a module that reads
 * the same bytes otherwise than we did would be reached past its permissions (reliability 6, rows 1 and 3). */
export function checkTarget(method: string, target: string): Result<RequestTarget, string> {
  if (target === "*")
    return method === "OPTIONS" ? ok({ path: "*", query: "" }) : err("The target * is for OPTIONS only");
  if (plain.test(target)) return ok({ path: target, query: "" });
  if (!target.startsWith("/")) return err("The request target must begin with a slash: /path?query");
  // Whoever resolves it as a URL reads a host where we read a path.
  if (target.startsWith("//")) return err("The request target must begin with one slash, not two");
  if (!/^[!-~]*$/.test(target)) return err("The request target must be percent-encoded ASCII");
  if (target.includes("#")) return err("The request target must not have a fragment (#)");
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const fault = faultOf(path);
  return fault === null ? ok({ path, query: mark === -1 ? "" : target.slice(mark + 1) }) : err(fault);
}

/** What nearly every target is: nothing in it can mean anything but itself, so that no other rule concerns it. */
const plain = /^\/(?!\/)[A-Za-z0-9/_-]*$/;

function faultOf(path: string): string | null {
  if (plain.test(path)) return null;
  if (path.includes("\\")) return "The path must not contain a backslash";
  if (path.includes(";")) return "The path must not contain a semicolon";
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return "The path has a % that no two hexadecimal digits follow";
  // Decoded by one and not by the other, these would make two paths of one.
  if (/%2f/i.test(path)) return "The path must not contain an encoded slash (%2F)";
  if (/%5c/i.test(path)) return "The path must not contain an encoded backslash (%5C)";
  if (/%2e/i.test(path)) return "The path must not contain an encoded dot (%2E)";
  if (/%(?:[01][0-9a-f]|7f)/i.test(path)) return "The path must not contain an encoded control character";
  if (/\/\.{1,2}(?:\/|$)/.test(path)) return "The path must not contain the segments . and ..";
  return isUtf8(path) ? null : "The path is not percent-encoded UTF-8";
}

function isUtf8(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
