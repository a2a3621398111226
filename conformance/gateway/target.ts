import { apiAt, ask, type Api } from "./http.ts";
import { startOctavo } from "./start-octavo.ts";

/** What the suite runs against. */
export interface Target {
  readonly api: Api;
  /** "okapi" is a real Okapi 7: expectations that differ there on purpose are looked up under that name. */
  readonly kind: "octavo" | "okapi";
  close(): Promise<void>;
}

/** A gateway of our own in open mode on an empty database; or whatever runs at OCTAVO_CONFORMANCE_URL, which should hold
 * nothing that matters and nobody else should use meanwhile. */
export async function openTarget(): Promise<Target> {
  const given = process.env["OCTAVO_CONFORMANCE_URL"] ?? "";
  if (given === "") {
    const octavo = await startOctavo();
    return { api: apiAt(octavo.url), kind: "octavo", close: () => octavo.close() };
  }
  const answer = await ask(given, { method: "GET", path: "/_/health/live" });
  return { api: apiAt(given), kind: answer.status === 200 ? "octavo" : "okapi", close: async () => {} };
}

/** A second, empty platform of the same kind, for what happens between two. */
export async function openSecondTarget(): Promise<Target | null> {
  const given = process.env["OCTAVO_CONFORMANCE_URL"] ?? "";
  if (given === "") return openTarget();
  const second = process.env["OCTAVO_CONFORMANCE_SECOND_URL"] ?? "";
  return second === "" ? null : { api: apiAt(second), kind: "okapi", close: async () => {} };
}
