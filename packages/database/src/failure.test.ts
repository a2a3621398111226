import { DatabaseError } from "pg";
import { expect, it } from "vitest";
import { type Failure, failureOf, isNoPlace } from "./failure.ts";

function said(code: string, severity: string, message: string): DatabaseError {
  return Object.assign(new DatabaseError(message, message.length, "error"), { code, severity });
}

it.each<[code: string, severity: string, message: string, failure: Failure, isNoPlace: boolean]>([
  ["08006", "FATAL", "connection failure", "away", false],
  ["57P01", "FATAL", "terminating connection due to administrator command", "away", false],
  [
    "08P01",
    "ERROR",
    "bind message supplies 1 parameters, but prepared statement requires 2",
    "refused",
    false,
  ],
  ["08P01", "FATAL", "query_wait_timeout", "away", false],
  ["08P01", "FATAL", "server login has been failing, try again later (server_login_retry)", "away", false],
  ["08P01", "FATAL", "no more connections allowed (max_client_conn)", "away", false],
  ["08P01", "FATAL", "server conn crashed?", "away", false],
  ["08P01", "FATAL", "no such database: folio", "refused", true],
  ["08P01", "FATAL", 'database "folio" does not exist', "refused", true],
  ["08P01", "FATAL", 'database "folio" is disabled', "refused", false],
  ["08P01", "FATAL", "no such user", "refused", false],
  ["08P01", "FATAL", "password authentication failed", "refused", false],
  ["08P01", "FATAL", "unsupported startup parameter: options", "refused", false],
  ["3D000", "FATAL", 'database "folio" does not exist', "refused", true],
  ["23505", "ERROR", "duplicate key", "refused", false],
])("%s %s: %s means %s", (code, severity, message, failure, noPlace) => {
  const error = said(code, severity, message);
  expect([failureOf(error), isNoPlace(error)]).toEqual([failure, noPlace]);
});

it.each(["ECONNRESET", "EPIPE", "ERR_STREAM_DESTROYED", "ERR_STREAM_WRITE_AFTER_END"])(
  "a socket that ends with %s has lost its server",
  (code) => {
    expect(failureOf(Object.assign(new Error("gone"), { code }))).toBe("away");
  },
);
