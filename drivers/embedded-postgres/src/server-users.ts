import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isProcessAlive, processStart } from "./process-identity.ts";

/** The processes that use the server of one home, a file each: the last one to leave stops it. Files of processes that
 * died without leaving do not count. */
export function joinUsers(homeDir: string): { leave(): { isLast: boolean } } {
  const folder = join(homeDir, "users");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = `${process.pid}-${processStart(process.pid)}-${randomBytes(3).toString("hex")}`;
  writeFileSync(join(folder, name), "");
  return {
    leave() {
      rmSync(join(folder, name), { force: true });
      // Without the folder somebody has removed the data under a running server; then there is nobody to wait for.
      const others = existsSync(folder) ? readdirSync(folder) : [];
      for (const gone of others.filter((other) => !isLive(other)))
        rmSync(join(folder, gone), { force: true });
      return { isLast: !others.some(isLive) };
    },
  };
}

function isLive(name: string): boolean {
  const [pid = "", start = ""] = name.split("-");
  return isProcessAlive(Number(pid)) && processStart(Number(pid)) === start;
}
