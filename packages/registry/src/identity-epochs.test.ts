import { describe, expect, it } from "vitest";
import type { IdentityChanged } from "./change.ts";
import { afterIdentityChanged, afterTenantRemoved } from "./identity-epochs.ts";

const day = 24 * 60 * 60 * 1000;
function batch(change: Partial<IdentityChanged>): IdentityChanged {
  const nobody = { everybody: "untouched", changed: [], ended: [] } as const;
  return { kind: "identity.changed", tenantId: "diku", at: 0, ...nobody, ...change };
}

describe("a tenant's epochs", () => {
  it("count one batch, however many users are in it", () => {
    const epochs = afterIdentityChanged(undefined, batch({ changed: ["a", "b"], ended: ["c"], at: 7 }));
    expect(epochs).toEqual({
      authEpoch: 0,
      serial: 1,
      everybodySince: 0,
      users: new Map([
        ["a", { epoch: 0, since: 1, at: 7 }],
        ["b", { epoch: 0, since: 1, at: 7 }],
        ["c", { epoch: 1, since: 1, at: 7 }],
      ]),
    });
  });

  it("end a user's tokens once where a batch names him twice", () => {
    const epochs = afterIdentityChanged(undefined, batch({ changed: ["a"], ended: ["a", "a"] }));
    expect(epochs.users.get("a")?.epoch).toBe(1);
  });

  it("never go back for a user whose tokens were ended, however long ago", () => {
    const ended = afterIdentityChanged(undefined, batch({ ended: ["a"] }));
    const later = afterIdentityChanged(ended, batch({ changed: ["b"], at: 400 * day }));
    expect(later.users.get("a")).toEqual({ epoch: 1, since: 1, at: 0 });
    const changed = afterIdentityChanged(later, batch({ changed: ["a"], at: 401 * day }));
    expect(changed.users.get("a")).toEqual({ epoch: 1, since: 3, at: 401 * day });
    const again = afterIdentityChanged(changed, batch({ ended: ["a"], at: 402 * day }));
    expect(again.users.get("a")).toEqual({ epoch: 2, since: 4, at: 402 * day });
  });

  it("forget a user who only changed, a day later", () => {
    const changed = afterIdentityChanged(undefined, batch({ changed: ["a"] }));
    expect(afterIdentityChanged(changed, batch({ at: day - 1 })).users.has("a")).toBe(true);
    expect(afterIdentityChanged(changed, batch({ at: day })).users.has("a")).toBe(false);
  });

  it("outdate everybody, and with it end everybody's tokens only where that was said", () => {
    const changed = afterIdentityChanged(undefined, batch({ everybody: "changed" }));
    expect(changed).toMatchObject({ authEpoch: 0, everybodySince: 1 });
    expect(afterIdentityChanged(changed, batch({ everybody: "ended" }))).toMatchObject({
      authEpoch: 1,
      everybodySince: 2,
    });
  });

  it("go on after the tenant was deleted, for the next one with its id", () => {
    const before = afterIdentityChanged(undefined, batch({ everybody: "ended", ended: ["a"] }));
    expect(afterTenantRemoved(before)).toEqual({
      authEpoch: 2,
      serial: 2,
      everybodySince: 2,
      users: new Map(),
    });
    expect(afterTenantRemoved()).toMatchObject({ authEpoch: 1 });
  });
});
