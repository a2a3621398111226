import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Epochs, TenantEpochs } from "./epochs.ts";
import {
  accessClaims,
  anonymousClaims,
  legacyAccessClaims,
  moduleClaims,
  systemClaims,
} from "./issue-claims.ts";
import type { Issuing } from "./issue-claims.ts";
import { ModuleTokenCache } from "./module-token-cache.ts";
import { subjectOf, TokenCache } from "./token-cache.ts";

const by: Issuing = {
  issuer: "https://octavo.example",
  tenantId: "diku",
  epoch: 1,
  nowMs: 1_000_000,
  tokenId: "t1",
  lifeMs: 600_000,
};
const ann = { userId: "u1", username: "ann", userEpoch: 1 };
const bob = { userId: "u2", username: "bob", userEpoch: 0 };
const access = accessClaims(by, ann, "s1");

describe("a verified token", () => {
  const filled = () => {
    const cache = new TokenCache(3);
    const epochs = new TenantEpochs();
    epochs.raiseTenant(1);
    epochs.raiseUser("u1", 1);
    cache.add("a", access, epochs);
    return { cache, epochs };
  };

  it("is found by all its bytes, and is the same object each time", () => {
    const { cache } = filled();
    const found = cache.find("a", 1_000_000);
    expect(found).toMatchObject({ claims: access, subject: "diku/user:u1" });
    expect(cache.find("a", 1_000_001)).toBe(found);
    expect(cache.find("b", 1_000_000)).toBe(null);
  });

  it("is gone when it expires", () => {
    const { cache } = filled();
    expect(cache.find("a", 1_599_999)).not.toBe(null);
    expect(cache.find("a", 1_600_000)).toBe(null);
    expect(cache.count).toBe(0);
  });

  it.each([
    ["its tenant's epoch is raised", (epochs: TenantEpochs) => epochs.raiseTenant(2)],
    ["its user's epoch is raised", (epochs: TenantEpochs) => epochs.raiseUser("u1", 2)],
    ["its session ends", (epochs: TenantEpochs) => epochs.endSession("s1", 2_000_000)],
  ])("is gone, and does not come back, when %s", (_claim, end) => {
    const { cache, epochs } = filled();
    end(epochs);
    expect(cache.find("a", 1_000_000)).toBe(null);
    expect(cache.add("a", access, epochs)).toBe(null);
    expect(cache.count).toBe(0);
  });

  it.each([
    ["another user's epoch", (epochs: TenantEpochs) => epochs.raiseUser("u2", 9)],
    ["another session", (epochs: TenantEpochs) => epochs.endSession("s2", 2_000_000)],
    ["an epoch that it has already", (epochs: TenantEpochs) => epochs.raiseUser("u1", 1)],
    ["a tenant's epoch that goes back", (epochs: TenantEpochs) => epochs.raiseTenant(0)],
  ])("stays through a change of %s", (_claim, change) => {
    const { cache, epochs } = filled();
    change(epochs);
    expect(cache.find("a", 1_000_000)).not.toBe(null);
  });

  it("is replaced, not doubled, where two requests verified it at once", () => {
    const { cache, epochs } = filled();
    cache.add("a", access, epochs);
    expect(cache.count).toBe(1);
  });

  it("does not outlive a change of keys", () => {
    const { cache } = filled();
    cache.clear();
    expect([cache.count, cache.find("a", 1_000_000)]).toEqual([0, null]);
  });
});

describe("what ends a token", () => {
  const legacy = legacyAccessClaims(by, ann);
  const ofModule = moduleClaims(by, access, "mod-x-1.0.0", []);
  const forNobody = moduleClaims(by, anonymousClaims(by), "mod-x-1.0.0", []);
  const system = systemClaims(by, "timer:1", null);
  it.each([
    ["access", access, { tenant: true, user: true, session: true }],
    ["legacy access", legacy, { tenant: true, user: true, session: false }],
    ["module", ofModule, { tenant: true, user: true, session: false }],
    ["module, for nobody", forNobody, { tenant: true, user: false, session: false }],
    ["system", system, { tenant: true, user: false, session: false }],
  ])("of kind %s", (_kind, claims, ends) => {
    const after = (change: (epochs: TenantEpochs) => void) => {
      const epochs = new TenantEpochs();
      change(epochs);
      return epochs.hasEnded(claims);
    };
    expect({
      tenant: after((epochs) => epochs.raiseTenant(2)),
      user: after((epochs) => epochs.raiseUser("u1", 2)),
      session: after((epochs) => epochs.endSession("s1", 9)),
    }).toEqual(ends);
  });

  it("is forgotten for a session when its access tokens have expired, and not before", () => {
    const epochs = new TenantEpochs();
    epochs.endSession("s1", 1_600_000);
    epochs.forgetSessions(1_599_999);
    expect(epochs.hasEnded(access)).toBe(true);
    epochs.forgetSessions(1_600_000);
    expect(epochs.hasEnded(access)).toBe(false);
  });

  it("is of one tenant", () => {
    const epochs = new Epochs();
    epochs.ofTenant("other").raiseUser("u1", 9);
    expect(epochs.ofTenant("diku").hasEnded(access)).toBe(false);
    expect(epochs.ofTenant("diku")).toBe(epochs.ofTenant("diku"));
  });
});

describe("subjects", () => {
  it("differ by tenant and user, not by session or module; without a user by name", () => {
    const subjects = [
      access,
      accessClaims(by, ann, "s2"),
      moduleClaims(by, access, "mod-x-1.0.0", []),
      accessClaims(by, bob, "s1"),
      accessClaims({ ...by, tenantId: "other" }, ann, "s1"),
      { ...systemClaims(by, "timer:1", null), sub: "user:u1" },
    ].map(subjectOf);
    expect(subjects).toEqual([
      "diku/user:u1",
      "diku/user:u1",
      "diku/user:u1",
      "diku/user:u2",
      "other/user:u1",
      "diku/sub:user:u1",
    ]);
  });
});

describe("a module token that was signed", () => {
  const entry = {};
  const otherEntry = {};
  const claims = moduleClaims(by, access, "mod-x-1.0.0", ["a"]);
  const filled = (epochs = new TenantEpochs()) => {
    const cache = new ModuleTokenCache(3);
    cache.add({ subject: "diku/user:u1", entry, claims, token: "m", renewAtMs: 2000, epochs });
    return { cache, epochs };
  };

  it("is found by subject and routing entry until it is to be renewed", () => {
    const { cache } = filled();
    expect([
      cache.find("diku/user:u1", entry, 1999),
      cache.find("diku/user:u2", entry, 1999),
      cache.find("diku/user:u1", otherEntry, 1999),
      cache.find("diku/user:u1", entry, 2000),
    ]).toEqual(["m", null, null, null]);
  });

  it("is gone with the epoch of its user or tenant, and stays when a session ends", () => {
    const ended = filled();
    ended.epochs.endSession("s1", 9_000_000);
    expect(ended.cache.find("diku/user:u1", entry, 0)).toBe("m");
    ended.epochs.raiseUser("u1", 2);
    expect(ended.cache.find("diku/user:u1", entry, 0)).toBe(null);
    expect(ended.cache.count).toBe(0);
  });

  it("is not handed out where an epoch was raised while it was signed", () => {
    const epochs = new TenantEpochs();
    epochs.raiseUser("u1", 2);
    const { cache } = filled(epochs);
    expect(cache.find("diku/user:u1", entry, 0)).toBe(null);
  });

  it("does not outlive a module that was disabled", () => {
    const { cache } = filled();
    cache.clear();
    expect([cache.count, cache.find("diku/user:u1", entry, 0)]).toEqual([0, null]);
  });
});

describe("both caches", () => {
  const size = 4;
  const uses = fc.array(fc.nat({ max: 9 }), { maxLength: 200 });

  it("hold what was used last, and never more than their size", () => {
    fc.assert(
      fc.property(uses, (uses) => {
        const verified = new TokenCache(size);
        const minted = new ModuleTokenCache(size);
        const epochs = new TenantEpochs();
        const entries = Array.from({ length: 5 }, () => ({}));
        const claims = moduleClaims(by, access, "mod-x-1.0.0", []);
        let plain: number[] = [];
        for (const use of uses) {
          const key = { subject: `s${use % 2}`, entry: entries[use >> 1] ?? {} };
          const isKept = plain.includes(use);
          expect(verified.find(`t${use}`, 0) !== null).toBe(isKept);
          expect(minted.find(key.subject, key.entry, 0)).toBe(isKept ? `m${use}` : null);
          if (!isKept) verified.add(`t${use}`, access, epochs);
          if (!isKept) minted.add({ ...key, claims, token: `m${use}`, renewAtMs: 1, epochs });
          plain = [...plain.filter((each) => each !== use), use].slice(-size);
          expect([verified.count, minted.count]).toEqual([plain.length, plain.length]);
          expect(minted.subjectCount).toBe(new Set(plain.map((each) => each % 2)).size);
        }
      }),
    );
  });
});
