import { CommitUnknown, DatabaseAway, DatabaseBusy, TenantUnknown } from "@octavo/database";
import { StoreAway } from "@octavo/object-store";
import {
  badRequest,
  type ReadRefusal,
  Refusal,
  type RefusalStatus,
  unavailable,
  unknownMediaType,
} from "./refusal.ts";

/** Everything that a handler or the server may throw, as an answer. What nobody knows is a mistake of the module: 500, the story in the
 * log only.
 * @param rooms asked first */
export function readRefusal(cause: unknown, rooms: readonly ReadRefusal[]): Refusal {
  if (cause instanceof Refusal) return cause;
  for (const read of rooms) {
    const refusal = read(cause);
    if (refusal !== null) return refusal;
  }
  return ofDatabase(cause) ?? ofServer(cause) ?? internal(cause);
}

function ofDatabase(cause: unknown): Refusal | null {
  if (cause instanceof DatabaseBusy) {
    return unavailable("The database has no connection free", cause.retryAfterSeconds, "database-busy");
  }
  if (cause instanceof DatabaseAway) return unavailable("The database is away", 2, "database-away");
  if (cause instanceof StoreAway) return unavailable("The store of files is away", 5, "objects-away");
  if (cause instanceof TenantUnknown) {
    return new Refusal(404, [
      { message: "This module is not enabled for the tenant", code: "tenant-unknown" },
    ]);
  }
  if (cause instanceof CommitUnknown) {
    const message = "The connection to the database was lost during the commit: it may have been written";
    return new Refusal(500, [{ message, code: "commit-unknown" }], {}, { cause });
  }
  if (isVictim(cause)) {
    const message =
      "Somebody else wrote the same at the same time, and nothing of this was written: ask again";
    return unavailable(message, 1, "database-conflict");
  }
  if (codeOf(cause) === "22021") {
    return badRequest("The character 0 stands in what was sent: no text of ours holds it", "character-0");
  }
  return null;
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : null;
}

/** The server ended this transaction so that another one could go on. It is not repeated here: its function may have read what is there once
 * only, as the body of a request. */
function isVictim(cause: unknown): boolean {
  return codeOf(cause) === "40P01" || codeOf(cause) === "40001";
}

/** Errors of fastify about what was sent: they have a status of their own and text of its making. */
function ofServer(cause: unknown): Refusal | null {
  if (!(cause instanceof Error) || !("code" in cause) || typeof cause.code !== "string") return null;
  switch (cause.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return problem(413, "The body is larger than this route accepts", "body-too-large");
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return unknownMediaType();
    case "FST_ERR_CTP_INVALID_JSON_BODY":
    case "FST_ERR_CTP_EMPTY_JSON_BODY":
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return badRequest("The body is not JSON", "body-malformed");
    default:
      return null;
  }
}

function problem(status: RefusalStatus, message: string, code: string): Refusal {
  return new Refusal(status, [{ message, code }]);
}

function internal(cause: unknown): Refusal {
  const message = "Internal server error, see the module's log";
  return new Refusal(500, [{ message, code: "internal" }], {}, { cause });
}
