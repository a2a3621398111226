import type { IdentityRows } from "@octavo/identity";
import type { Registry } from "@octavo/registry";
import { audited } from "../proxy/authority-start.ts";
import type { Question } from "./messages.ts";

/** Nobody waits longer for it. */
const REFRESH_MS = 1000;

/** What a worker asks of the one who has the database. */
export function answerQuestion(question: Question, registry: Registry, rows: IdentityRows): Promise<unknown> {
  switch (question.of) {
    case "endedSessions":
      return rows.endedSessions(question.sinceMs);
    case "signingSecrets":
      return rows.signingSecrets(question.kids);
    case "revision":
      return registry.refresh(REFRESH_MS).then((isFresh) => (isFresh ? registry.snapshot.revision : null));
    case "audit":
      return audited(registry, question.intent);
  }
}
