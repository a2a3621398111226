import { statSync } from "node:fs";
import type { Connection } from "../connection.ts";
import { fine, odd, type Finding } from "./finding.ts";

/** Whether commands would find an operator token, and whether others could read it. */
export function checkCredential(connection: Connection, isOpen: boolean): Finding {
  const source = connection.looked.at(-1) ?? "";
  if (connection.token === null) {
    if (isOpen) return fine("Operator token", "none needed in open mode");
    return odd(
      "Operator token",
      "none found, so commands will not be allowed",
      `looked at: ${connection.looked.join("; ")}. The first start of an embedded platform writes one`,
    );
  }
  // "--token-file PATH", "OCTAVO_OPERATOR_TOKEN_FILE PATH" or a path alone; a variable is no file.
  const path = source.split(" ").at(-1) ?? "";
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    return odd("Operator token", `${path} can be read by other users of this machine`, `chmod 600 ${path}`);
  }
  return fine("Operator token", source);
}
