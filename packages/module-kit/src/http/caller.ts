import type { Refusal } from "./refusal.ts";

/** Who calls, for which tenant: what a request says of itself once it was judged. */
export interface Caller {
  readonly tenantId: string;
  readonly userId: string | null;
  readonly token: string | null;
  readonly permissions: ReadonlySet<string>;
}

/** Headers by their name in lower case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** How much a module believes of what it is told (DECISIONS 9). */
export interface Trust {
  /** For the log at the start. */
  readonly sentence: string;
  /** Null while it can judge; otherwise why not, for readiness. */
  problem(): string | null;
  /** @returns or why the request is not handled: 400, 401, 503 */
  callerOf(headers: RequestHeaders): Promise<Caller | Refusal>;
}

/** One header, or null where it is absent or empty. Node joins what came twice with ", ". */
export function headerOf(headers: RequestHeaders, name: string): string | null {
  const value = headers[name];
  const text = typeof value === "string" ? value.trim() : (value?.join(", ") ?? "");
  return text === "" ? null : text;
}

/** X-Okapi-Permissions: a JSON list of those of the route's `permissionsDesired` that the caller has. */
export function permissionsOf(headers: RequestHeaders): ReadonlySet<string> {
  const text = headerOf(headers, "x-okapi-permissions");
  if (text === null) return NONE;
  try {
    const list: unknown = JSON.parse(text);
    return new Set(Array.isArray(list) ? list.filter((each) => typeof each === "string") : []);
  } catch {
    return NONE;
  }
}

const NONE: ReadonlySet<string> = new Set();
