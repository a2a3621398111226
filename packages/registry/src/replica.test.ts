import { describe, expect, it } from "vitest";
import { Replica } from "./replica.ts";
import { diffSnapshots, nothingYet } from "./snapshot-patch.ts";
import type { Snapshot } from "./snapshot.ts";

const up = { isUp: true, lastAt: null, stoppedBecause: null };
const tenant = { id: "diku", name: null, description: null, enabled: [] };
const next: Snapshot = {
  ...nothingYet,
  revision: 1,
  history: "h",
  hash: "x",
  tenants: new Map([["diku", tenant]]),
};

describe("a replica", () => {
  it("is where its last patch brought it, and tells those who follow", () => {
    const replica = new Replica(
      0,
      up,
      () => undefined,
      () => Promise.resolve(null),
    );
    const seen: number[] = [];
    replica.onSnapshot(({ revision }) => seen.push(revision));
    expect(replica.apply(diffSnapshots(nothingYet, next))).toMatchObject({ ok: true });
    expect(replica.snapshot.tenants.get("diku")).toEqual(tenant);
    expect(seen).toEqual([1]);
  });

  it("stays as it was where a patch does not fit", () => {
    const replica = new Replica(
      0,
      up,
      () => undefined,
      () => Promise.resolve(null),
    );
    const enabled = new Map([["diku", { ...tenant, enabled: ["mod-a-1.0.0"] }]]);
    expect(replica.apply(diffSnapshots(nothingYet, { ...next, tenants: enabled }))).toMatchObject({
      ok: false,
    });
    expect(replica.snapshot).toBe(nothingYet);
  });

  it("is as new as whoever tells it of changes, once he has looked", async () => {
    const asked = Promise.withResolvers<number | null>();
    const replica = new Replica(
      0,
      up,
      () => undefined,
      () => asked.promise,
    );
    const refreshed = replica.refresh(20_000);
    asked.resolve(1);
    replica.apply(diffSnapshots(nothingYet, next));
    expect(await refreshed).toBe(true);
    expect(
      await new Replica(
        0,
        up,
        () => undefined,
        () => Promise.resolve(5),
      ).refresh(1),
    ).toBe(false);
    expect(
      await new Replica(
        0,
        up,
        () => undefined,
        () => Promise.resolve(null),
      ).refresh(20_000),
    ).toBe(false);
  });

  it("has the clock and the contact that it was told last, and tells of rows", () => {
    const replica = new Replica(
      1_000_000,
      up,
      () => undefined,
      () => Promise.resolve(null),
    );
    let told = 0;
    replica.onRows(() => (told += 1));
    const away = { isUp: false, lastAt: "2026-01-01T00:00:00.000Z", stoppedBecause: null };
    replica.tell(5_000_000, away);
    expect(replica.contact).toEqual(away);
    expect(replica.clock.now()).toBeGreaterThanOrEqual(5_000_000);
    expect(replica.clock.now()).toBeLessThan(5_060_000);
    expect(told).toBe(1);
  });
});
