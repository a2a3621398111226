import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FaultProxy } from "@octavo/testing/fault-proxy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RegistryEvent } from "../registry-event.ts";
import type { Registry } from "../registry.ts";
import { eventually, put, tenantPut } from "../testing/open-on.ts";
import { internalModule } from "../testing/sample-modules.ts";
import { databasePerTest } from "../testing/with-database.ts";
import { type KeptFiles, keptFilesIn } from "./kept-files.ts";
import { readKeptState } from "./read-snapshot-file.ts";
import { SnapshotKeeper } from "./snapshot-keeper.ts";

const database = databasePerTest();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "octavo-keeper-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function keep(registry: Registry, files: KeptFiles) {
  const events: RegistryEvent[] = [];
  const keeper = new SnapshotKeeper({
    registry,
    files,
    internal: internalModule,
    program: "0.1.0",
    signingSecrets: async () => [],
    endedSessions: async () => [],
    log: (event) => events.push(event),
  });
  return {
    keeper,
    written: () => events.filter(({ kind }) => kind === "snapshot-file-written").length,
    events,
  };
}

async function revisionIn(files: KeptFiles, registry: Registry): Promise<number | undefined> {
  const nowMs = registry.clock.now();
  const { state } = await readKeptState({ files, internal: internalModule, maxAgeMs: 60_000, nowMs });
  return state?.snapshot.revision;
}

describe("a keeper of the state", () => {
  it("writes at once, then once for many changes, and the last of them when it stops", async () => {
    const { registry } = await database.open();
    const files = keptFilesIn(folder, Buffer.alloc(32, 5), database.url);
    const { keeper, written } = keep(registry, files);
    await eventually("the first is there", () => written() === 1);
    for (let number = 0; number < 20; number += 1) await put(registry, [tenantPut(`t${number}`)]);
    expect(await revisionIn(files, registry)).toBe(0);
    await keeper.close();
    expect(written()).toBe(2);
    expect(await revisionIn(files, registry)).toBe(20);
    expect(keeper.vitals).toMatchObject({ revision: 20, failures: 0 });
  });

  it("writes nothing that the database has not said", async () => {
    const proxy = await FaultProxy.before(database.url);
    database.onEnd(() => proxy.close());
    const { registry } = await database.open({ connectionString: proxy.url, pollIntervalMs: 50 });
    const files = keptFilesIn(folder, Buffer.alloc(32, 5), database.url);
    const { keeper, written } = keep(registry, files);
    await eventually("it is confirmed", () => keeper.vitals.confirmedAtMs !== null);
    const confirmed = readFileSync(files.confirmation, "utf8");
    proxy.add({ kind: "down" });
    await eventually("contact is lost", () => !registry.contact.isUp);
    await keeper.close();
    expect(written()).toBe(1);
    expect(readFileSync(files.confirmation, "utf8")).toBe(confirmed);
  });

  it("says once that it cannot write, and disturbs nobody", async () => {
    const { registry } = await database.open();
    const inTheWay = join(folder, "file");
    writeFileSync(inTheWay, "");
    const { keeper, events } = keep(
      registry,
      keptFilesIn(join(inTheWay, "data"), Buffer.alloc(32, 5), database.url),
    );
    await eventually("it has failed", () => keeper.vitals.failures === 1);
    await keeper.close();
    expect(keeper.vitals.failures).toBe(2);
    expect(events).toEqual([
      {
        kind: "snapshot-file-failed",
        cause: expect.stringContaining("ENOTDIR"),
        remedy: expect.stringContaining("a folder that this gateway can write to"),
      },
    ]);
  });
});
