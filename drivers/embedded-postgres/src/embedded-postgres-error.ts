/** Why the embedded PostgreSQL did not start. `message` says what was tried, on what, and what to do about it. */
export interface EmbeddedPostgresError {
  readonly kind: EmbeddedPostgresErrorKind;
  readonly message: string;
}

export type EmbeddedPostgresErrorKind =
  /** No packaged binaries for this system, or they do not run on it (musl, an old glibc). */
  | "unsupported-platform"
  /** Root needs an ordinary user to run PostgreSQL as, and there is none. */
  | "no-unprivileged-user"
  | "not-writable"
  | "disk-full"
  /** The data was made by another major version of PostgreSQL. */
  | "other-version"
  /** What lies in the data folder is not a whole cluster. */
  | "damaged-data"
  /** Another process holds the server of this folder and it does not answer to our password. */
  | "not-ours"
  /** No attempt found a port that was still free when PostgreSQL bound it. */
  | "no-free-port"
  /** It ended while starting, or did not become ready in time; the message has the last lines of its log. */
  | "start-failed";

export function postgresError(kind: EmbeddedPostgresErrorKind, message: string): EmbeddedPostgresError {
  return { kind, message };
}

const useYourOwn = "or set DATABASE_URL to a PostgreSQL of your own";

/** Turns what the file system refused into an error with a remedy.
 * @throws what it was given where that is no refusal of the file system: then it is a mistake of ours */
export function fileSystemError(cause: unknown, action: string, path: string): EmbeddedPostgresError {
  const code = errorCode(cause);
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return postgresError(
        "disk-full",
        `${action} ${path}: the disk is full. Free some space, ${useYourOwn}.`,
      );
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return postgresError(
        "not-writable",
        `${action} ${path}: not permitted (${code}). Give this user the folder, choose another with OCTAVO_DATA_DIR, ${useYourOwn}.`,
      );
    case "ENOENT":
    case "ENOTDIR":
    case "EEXIST":
    case "ELOOP":
    case "ENAMETOOLONG":
      return postgresError(
        "not-writable",
        `${action} ${path}: this is not a usable folder (${code}). Choose another with OCTAVO_DATA_DIR.`,
      );
    default:
      throw cause;
  }
}

/** The system's error code ("ENOENT"), or null for anything else. */
export function errorCode(cause: unknown): string | null {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : null;
}
