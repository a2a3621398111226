import type { DatabaseContext } from "@octavo/database";
import type { Log } from "./log.ts";

/** On whose behalf a request is handled, known once and passed along. It is a `DatabaseContext` too. */
export interface RequestContext extends DatabaseContext {
  readonly tenantId: string;
  readonly work: "foreground";
  /** Null where nobody is signed in: timers, tenant jobs, public routes. */
  readonly userId: string | null;
  /** The gateway's X-Okapi-Request-Id, or one made here. */
  readonly requestId: string;
  /** What calls to other modules are made with; null under a gateway that sends none. */
  readonly token: string | null;
  /** Of the route's `permissionsDesired`, those that the caller has. */
  readonly permissions: ReadonlySet<string>;
  /** The gateway; null where nobody said. */
  readonly okapiUrl: string | null;
  /** When nobody waits for the answer any more, by the platform's clock in milliseconds since 1970; null where nobody said. Calls to other modules
   * carry it on. */
  readonly deadlineMs: number | null;
  /** Aborted when the client leaves, the request has taken its time or its deadline has come. */
  readonly signal: AbortSignal;
  /** Milliseconds until then. */
  remainingMs(): number;
  readonly log: Log;
}
