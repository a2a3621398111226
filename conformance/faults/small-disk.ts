import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk of its own, so small that it can be filled. */
export interface SmallDisk {
  readonly path: string;
  /** Writes until there is no room for one byte more. */
  fill(): void;
  /** What `fill` has written is gone. */
  makeRoom(): void;
  close(): void;
}

/** @returns null where one can be mounted, else why not */
export function whyNoSmallDisk(): string | null {
  try {
    smallDisk(1).close();
    return null;
  } catch (error) {
    return `mounting a disk needs root: ${error instanceof Error ? error.message : String(error)}`;
  }
}

export function smallDisk(mebibytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "octavo-disk-"));
  const filler = join(path, "filler");
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", path], { stdio: "pipe" });
  chmodSync(path, 0o711); // an embedded PostgreSQL runs as another user, who must get in
  return {
    path,
    fill() {
      for (const bytes of [1024 * 1024, 4096, 1]) fillWith(filler, Buffer.alloc(bytes, "x"));
    },
    makeRoom: () => rmSync(filler, { force: true }),
    close() {
      execFileSync("umount", ["--lazy", path]); // whoever was killed may still be about to close its files
      rmSync(path, { recursive: true });
    },
  };
}

function fillWith(file: string, piece: Buffer): void {
  try {
    for (;;) appendFileSync(file, piece);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "ENOSPC") throw error;
  }
}
