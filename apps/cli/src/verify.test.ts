import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { freshDatabase } from "@octavo/testing/fresh-database";
import { spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { describe, expect, it } from "vitest";
import { capturedRun } from "./captured-run.ts";
import { plainPaint } from "./terminal.ts";
import { type FaultRecord, holds, recordPage } from "./verify/record.ts";

const run = promisify(execFile);
const main = join(import.meta.dirname, "main.ts");
/** It starts processes for a minute: with the longer suites. */
const isRun = process.env["OCTAVO_HA"] !== undefined || process.env["OCTAVO_SOAK"] !== undefined;

const good: FaultRecord = {
  fault: "a gateway is killed",
  calls: 100,
  failed: 2,
  mayFail: 5,
  refused: 3,
  twice: 0,
  writes: { acknowledged: 10, refused: 1, lost: 0 },
  writableAfterMs: 40,
  because: ["1-2-3 at http://a: ECONNRESET"],
};

describe("a failure record", () => {
  it("holds where only calls in flight failed, and nothing was lost or came twice", () => {
    expect(holds(good)).toBe(true);
  });

  it.each<[string, Partial<FaultRecord>]>([
    ["more calls failed than were in flight", { failed: 6 }],
    ["a POST came twice", { twice: 1 }],
    ["an acknowledged write is lost", { writes: { acknowledged: 10, refused: 0, lost: 1 } }],
    ["nothing was written", { writes: { acknowledged: 0, refused: 5, lost: 0 } }],
    ["nobody called", { calls: 0, failed: 0 }],
  ])("does not hold where %s, and says what was heard", (_, broken) => {
    const record = { ...good, ...broken };
    expect(holds(record)).toBe(false);
    expect(recordPage([record], plainPaint)).toMatch(/does not hold[^]*ECONNRESET/u);
  });
});

describe("octavo verify", () => {
  it(
    "wants a database of its own, and leaves alone one that holds an installation",
    { timeout: 60_000 },
    async () => {
      expect(await capturedRun("verify")).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining("of its own"),
      });
      const database = await freshDatabase();
      const folder = temporaryFolder();
      const octavo = await spawnOctavo(["gateway"], {
        DATABASE_URL: database.url,
        OCTAVO_DATA_DIR: folder.path,
        OCTAVO_MANAGEMENT_AUTH: "open",
      });
      await octavo.healthy();
      await octavo.stop();
      folder.remove();
      const refused = await capturedRun(["verify", "--database-url", database.url]);
      expect(refused).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining("holds an installation"),
      });
      await database.drop();
    },
  );

  it.runIf(isRun)(
    "lets everything happen, and all that is promised holds",
    { timeout: 400_000 },
    async () => {
      const database = await freshDatabase();
      const { stdout, stderr } = await run(
        process.execPath,
        [main, "verify", "--database-url", database.url, "--seconds", "4", "--json"],
        { env: { PATH: process.env["PATH"], HOME: process.env["HOME"] } },
      ).catch((error: unknown) => error as { readonly stdout: string; readonly stderr: string }); // as: of execFile
      await database.drop();
      const records = JSON.parse(stdout === "" ? "[]" : stdout) as readonly (FaultRecord & {
        readonly holds: boolean;
      })[]; // as: --json
      process.stderr.write(stderr);
      expect(records.length).toBe(6);
      expect(records.filter((record) => !record.holds)).toEqual([]);
    },
  );
});
