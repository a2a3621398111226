import type { IdentityEpochs } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { type LoadedUser, UserIdentities } from "./user-identities.ts";

const active: LoadedUser = {
  kind: "user",
  isActive: true,
  expiresAtMs: null,
  permissions: ["a"],
  maxAgeMs: 60_000,
};

/** Readings that end when the test says so. */
function world({ size = 10 } = {}) {
  const readings: { readonly userId: string; end(read: Result<LoadedUser, string>): void }[] = [];
  const state = { nowMs: 0, epochs: undefined as IdentityEpochs | undefined };
  const users = new UserIdentities({
    load: (_tenantId, userId) =>
      new Promise((end) => {
        readings.push({ userId, end });
      }),
    epochsOf: () => state.epochs,
    now: () => state.nowMs,
    size,
  });
  const push = (...changed: string[]) => {
    const serial = (state.epochs?.serial ?? 0) + 1;
    const before = state.epochs?.users ?? new Map();
    const now = changed.map((id) => [id, { epoch: 0, since: serial, at: 0 }] as const);
    state.epochs = { authEpoch: 0, serial, everybodySince: 0, users: new Map([...before, ...now]) };
  };
  return {
    users,
    readings,
    state,
    push,
    read: (userId: string) => users.read("diku", userId, `diku/user:${userId}`),
    find: (userId: string) => users.find(`diku/user:${userId}`, userId, state.epochs, state.nowMs),
    end: (at: number, read: Result<LoadedUser, string> = ok(active)) => readings[at]?.end(read),
  };
}

describe("users that were read", () => {
  it("are read once for all who ask meanwhile, and found afterwards", async () => {
    const { read, readings, end, find } = world();
    const asked = [read("u"), read("u"), read("u")];
    expect(readings).toHaveLength(1);
    end(0);
    for (const each of asked) expect(await each).toMatchObject(ok({ state: "active" }));
    expect(find("u")?.permissions).toEqual(new Set(["a"]));
    expect(find("v")).toBeNull();
  });

  it("are found for as long as they may be kept", async () => {
    const { read, end, find, state } = world();
    const reading = read("u");
    end(0);
    await reading;
    state.nowMs = 59_999;
    expect(find("u")).not.toBeNull();
    state.nowMs = 60_000;
    expect(find("u")).toBeNull();
  });

  it("are not kept where the reading failed", async () => {
    const { read, end, find, readings } = world();
    const first = read("u");
    end(0, err("no"));
    expect(await first).toEqual(err("no"));
    expect(find("u")).toBeNull();
    const second = read("u");
    expect(readings).toHaveLength(2);
    end(1);
    expect((await second).ok).toBe(true);
  });

  it("are out of date after a push that names them, and only then", async () => {
    const { read, end, find, push } = world();
    const reading = read("u");
    end(0);
    await reading;
    push("somebody-else");
    expect(find("u")).not.toBeNull();
    push("u");
    expect(find("u")).toBeNull();
    const again = read("u");
    end(1);
    await again;
    expect(find("u")).not.toBeNull();
  });

  it("are read again where the push came during the reading; who asks after it never shares the old one", async () => {
    const { read, end, push, readings, find } = world();
    const before = read("u");
    push("u");
    const after = read("u");
    expect(readings).toHaveLength(2);
    end(0, ok({ ...active, permissions: ["old"] }));
    end(1, ok({ ...active, permissions: ["new"] }));
    expect(await after).toMatchObject(ok({ permissions: new Set(["new"]) }));
    // The old reading is out of date for the one who began it, too.
    const settled = before;
    await new Promise((resolve) => setImmediate(resolve));
    end(2, ok({ ...active, permissions: ["new"] }));
    expect(await settled).toMatchObject(ok({ permissions: new Set(["new"]) }));
    expect(find("u")?.permissions).toEqual(new Set(["new"]));
  });

  it("that change with every reading are refused, not read for ever", async () => {
    const { read, end, push, readings } = world();
    const reading = read("u");
    for (let at = 0; at < 3; at += 1) {
      push("u");
      end(at);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await reading).toEqual(
      err("The permissions of user u change faster than they can be read. Try again"),
    );
    expect(readings).toHaveLength(3);
  });

  it("go in the order in which they came where there are too many", async () => {
    const { read, end, find, users } = world({ size: 2 });
    for (const [at, id] of ["u", "v", "w"].entries()) {
      const reading = read(id);
      end(at);
      await reading;
    }
    expect([find("u"), find("v")?.state, find("w")?.state]).toEqual([null, "active", "active"]);
    expect(users.count).toBe(2);
  });

  it("that were forgotten while they were read are not kept", async () => {
    const { read, end, find, users } = world();
    const reading = read("u");
    users.clear();
    end(0);
    expect((await reading).ok).toBe(true);
    expect(find("u")).toBeNull();
  });

  it("with the same permissions share one set", async () => {
    const { read, end, find } = world();
    for (const [at, id] of ["u", "v"].entries()) {
      const reading = read(id);
      end(at, ok({ ...active, permissions: at === 0 ? ["a", "b"] : ["b", "a", "b"] }));
      await reading;
    }
    expect(find("u")?.permissions).toBe(find("v")?.permissions);
  });

  it("who are absent are asked for again soon", async () => {
    const { read, end, find, state } = world();
    const reading = read("u");
    end(0, ok({ kind: "unknown" }));
    expect(await reading).toMatchObject(ok({ state: "unknown" }));
    state.nowMs = 9999;
    expect(find("u")?.state).toBe("unknown");
    state.nowMs = 10_000;
    expect(find("u")).toBeNull();
  });
});
