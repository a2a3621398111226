import type { EndedSession, IdentityRows, SigningSecret } from "./identity-rows.ts";

/** What was kept of these rows for a start without the database. */
export interface KeptIdentity {
  readonly signingSecrets: readonly SigningSecret[];
  readonly endedSessions: readonly EndedSession[];
  /** Until when they are complete, in milliseconds of the one clock. */
  readonly confirmedAtMs: number;
}

/** A row may have been committed later than the time that it bears. */
const OVERLAP_MS = 30_000;

/** The rows of the database, and until that is met for the first time what was kept of them.
 * States: kept -> met, by the first answer of the database. */
export function keptIdentityRows(database: IdentityRows, kept: KeptIdentity): IdentityRows {
  let hasMet = false;
  return {
    async endedSessions(sinceMs) {
      // Whoever asks believes that he knows everything older; he knows it from here, and only until then.
      const since = hasMet ? sinceMs : Math.min(sinceMs, kept.confirmedAtMs - OVERLAP_MS);
      const ended = await database.endedSessions(since);
      if (ended === null) return hasMet ? null : kept.endedSessions;
      hasMet = true;
      return ended;
    },
    async signingSecrets(kids) {
      const wanted = new Set(kids);
      return (
        (await database.signingSecrets(kids)) ?? kept.signingSecrets.filter(({ kid }) => wanted.has(kid))
      );
    },
  };
}
