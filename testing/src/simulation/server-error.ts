import { DatabaseError } from "pg";

/** An error as the server sends it. */
export function serverError(message: string, code: string, severity: "ERROR" | "FATAL"): DatabaseError {
  const error = new DatabaseError(message, message.length, "error");
  error.code = code;
  error.severity = severity;
  return error;
}
