import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { indexModules } from "@octavo/resolution";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { anyWish, contentOf, follow } from "../change.arbitraries.ts";
import { diffSnapshots, nothingYet } from "../snapshot-patch.ts";
import type { Snapshot } from "../snapshot.ts";
import { internalModule, sampleModule } from "../testing/sample-modules.ts";
import { FORMAT_VERSION } from "./file-header.ts";
import { type KeptFiles, keptFilesIn } from "./kept-files.ts";
import { readKeptState, type Reading } from "./read-snapshot-file.ts";
import { joined, wholeInSlices } from "./whole-in-slices.ts";
import { writeConfirmation, writeSnapshotFile } from "./write-snapshot-file.ts";

const key = Buffer.alloc(32, 5);
const databaseUrl = "postgres://octavo:secret@database.example:5432/octavo";
const hourMs = 3_600_000;
const atMs = 1_800_000_000_000;
const secrets = [{ kid: "k1", wrapped: "wrapped private part" }];
const first: Snapshot = { ...nothingYet, history: "h", modules: indexModules([internalModule]) };

let folder: string;
let files: KeptFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "octavo-snapshot-"));
  files = keptFilesIn(folder, key, databaseUrl);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function stateAt(revision: number): Snapshot {
  const tenant = { id: "diku", name: null, description: null, enabled: [internalModule.id, "mod-a-1.0.0"] };
  return {
    ...first,
    revision,
    hash: `hash of ${revision}`,
    modules: indexModules([internalModule, sampleModule("mod-a-1.0.0")]),
    tenants: new Map([["diku", tenant]]),
  };
}

function write(snapshot: Snapshot, more: { readonly atMs?: number; readonly files?: KeptFiles } = {}) {
  return writeSnapshotFile(snapshot, secrets, internalModule, { files, program: "0.1.0", atMs, ...more });
}

function read(more: Partial<Reading> = {}) {
  return readKeptState({ files, internal: internalModule, maxAgeMs: 24 * hourMs, nowMs: atMs, ...more });
}

describe("a state that was kept", () => {
  it("is what comes back, whichever it was", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyWish, { maxLength: 40 }), async (wishes) => {
        const { snapshot } = follow(first, wishes);
        await write(snapshot);
        const { state } = await read();
        expect(contentOf(state?.snapshot ?? nothingYet)).toEqual(contentOf(snapshot));
        expect(state?.snapshot).toMatchObject({
          revision: snapshot.revision,
          history: snapshot.history,
          hash: snapshot.hash,
        });
        expect(state?.signingSecrets).toEqual(secrets);
      }),
      { numRuns: 50 },
    );
  });

  it("is read by a gateway whose own module is another version, as that one's", async () => {
    await write(stateAt(1));
    const newer = sampleModule("okapi-7.3.0");
    const { state } = await read({ internal: newer });
    expect(
      state?.snapshot.modules
        .all()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["mod-a-1.0.0", "okapi-7.3.0"]);
    expect(state?.snapshot.tenants.get("diku")?.enabled).toEqual(["mod-a-1.0.0", "okapi-7.3.0"]);
  });

  it("is the one from before a revision, where that is asked for: the newest may hold what ends this program", async () => {
    await write(stateAt(1));
    await write(stateAt(2));
    expect((await read({ before: 3 })).state?.snapshot.revision).toBe(2);
    expect(await read({ before: 2 })).toMatchObject({
      state: { snapshot: { revision: 1 } },
      refused: [{ path: files.confirmation }, { path: files.newest, because: "it holds revision 2" }],
    });
    expect((await read({ before: 1 })).state).toBe(null);
  });

  it("is for this user's eyes only, without what opens its secrets", async () => {
    await write(stateAt(1));
    await writeConfirmation(stateAt(1), [], { files, program: "0.1.0", atMs });
    for (const path of [files.newest, files.confirmation]) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const text = readFileSync(path, "utf8");
      expect(text).not.toContain("secret@");
      for (const form of ["hex", "base64", "utf8"] as const) expect(text).not.toContain(key.toString(form));
    }
  });

  it("is cut so that no piece is large", () => {
    const modules = indexModules(
      Array.from({ length: 60 }, (_, n) =>
        sampleModule(`mod-${"abcdefghij"[n % 10]}${"abcdef"[Math.floor(n / 10)]}-1.0.0`, 20_000),
      ),
    );
    const patches = [...wholeInSlices({ ...first, modules })];
    expect(patches.length).toBeGreaterThan(4);
    for (const patch of patches) expect(JSON.stringify(patch).length).toBeLessThan(512 * 1024);
    expect(joined(first, patches).modules.added).toHaveLength(60);
  });

  it("has a version of its form that changes with what a snapshot holds", () => {
    // Whoever changes this list has changed the form: raise FORMAT_VERSION, so that older files are refused and not misread.
    expect([FORMAT_VERSION, Object.keys(diffSnapshots(nothingYet, first)).sort()]).toEqual([
      1,
      ["discovery", "env", "identityEpochs", "modules", "operators", "position", "signingKeys", "tenants"],
    ]);
  });
});

describe("how old it is", () => {
  it("counts from when it was last known to be what the database holds", async () => {
    const state = stateAt(7);
    await write(state);
    const later = atMs + 30 * hourMs;
    expect((await read({ nowMs: later })).state).toBeNull();
    const ended = [{ sessionId: "s", tenantId: "diku", endedAtMs: later - 1000 }];
    await writeConfirmation(state, ended, { files, program: "0.1.0", atMs: later - hourMs });
    const kept = (await read({ nowMs: later })).state;
    expect(kept).toMatchObject({ confirmedAtMs: later - hourMs, endedSessions: ended });
  });

  it("is not that of another state", async () => {
    await write(stateAt(7));
    const later = atMs + 30 * hourMs;
    await writeConfirmation(stateAt(8), [], { files, program: "0.1.0", atMs: later });
    const { state, refused } = await read({ nowMs: later });
    expect(state).toBeNull();
    expect(refused[0]).toEqual({
      path: files.newest,
      because: "it was last known to be right 30 hours ago, and OCTAVO_SNAPSHOT_MAX_AGE_MS allows 24 hours",
    });
  });
});

describe("a file that is not to be trusted", () => {
  const edit = (change: (text: string) => string) => () =>
    writeFileSync(files.newest, change(readFileSync(files.newest, "utf8")));
  const writeAs = async (other: KeptFiles) => {
    await write(stateAt(1), { files: other });
  };
  /** As somebody would who knows the form and not the key. */
  const resealed = async () => {
    const other = keptFilesIn(folder, Buffer.alloc(32, 6), databaseUrl);
    const forged: KeptFiles = { ...other, key: { ...other.key, id: files.key.id } };
    await write({ ...stateAt(1), tenants: new Map() }, { files: forged });
  };

  it.each<readonly [string, () => void | Promise<void>, RegExp]>([
    ["edited", edit((text) => text.replace("mod-a-1.0.0", "mod-b-1.0.0")), /^it is damaged or cut off$/],
    ["edited and sealed under another key", resealed, /^somebody has changed it who has not the key/],
    ["cut off in its middle", () => truncateSync(files.newest, 700), /^it is damaged or cut off$/],
    ["cut off in its first line", () => truncateSync(files.newest, 40), /^its first line cannot be read$/],
    ["empty", () => truncateSync(files.newest, 0), /^its first line cannot be read$/],
    [
      "of another key",
      () => writeAs(keptFilesIn(folder, Buffer.alloc(32, 6), databaseUrl)),
      /^it was written under another OCTAVO_KEY$/,
    ],
    [
      "of another database",
      () => writeAs(keptFilesIn(folder, key, "postgres://u:p@elsewhere/octavo")),
      /^it is of the database elsewhere\/octavo, and DATABASE_URL names database\.example:5432\/octavo$/,
    ],
    [
      "of another version of the form",
      edit((text) => text.replace('"version":1', '"version":2')),
      /^gateway 0\.1\.0 wrote it in version 2 of its form, and this gateway reads version 1/,
    ],
    [
      "a confirmation",
      () =>
        writeConfirmation(stateAt(1), [], {
          files: { ...files, confirmation: files.newest },
          program: "",
          atMs,
        }),
      /^it is no such file$/,
    ],
    ["missing", () => rmSync(files.newest), /^there is none$/],
  ])("is refused where it is %s, and the one before it is taken", async (_name, spoil, because) => {
    await write(stateAt(6));
    await spoil();
    await writeSnapshotFile(stateAt(5), secrets, internalModule, {
      files: { ...files, newest: files.previous },
      program: "0.1.0",
      atMs,
    });
    const { state, refused } = await read();
    expect(state?.snapshot.revision).toBe(5);
    expect(refused.find(({ path }) => path === files.newest)?.because).toMatch(because);

    rmSync(files.previous);
    const nothingElse = await read();
    expect(nothingElse.state).toBeNull();
  });
});
