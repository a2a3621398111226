import { pbkdf2Sync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkPassword, hashPassword } from "./password-hash.ts";

const cost = { memoryKiB: 64, passes: 1, parallelism: 1 };
const salt = "0A".repeat(20);
/** As mod-login stores it: PBKDF2WithHmacSHA1, 1000 rounds, 160 bits, capital hex digits. */
const old = (password: string) => ({
  salt,
  hash: pbkdf2Sync(password, Buffer.from(salt, "hex"), 1000, 20, "sha1").toString("hex").toUpperCase(),
});

describe("a stored password", () => {
  it("is Argon2id with its cost and a salt of its own", async () => {
    const [one, other] = [await hashPassword("päss", cost), await hashPassword("päss", cost)];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/u);
    expect(one).not.toBe(other);
    expect(await checkPassword("päss", { hash: one }, cost)).toEqual({ matches: true, isOutdated: false });
    expect(await checkPassword("pass", { hash: one }, cost)).toEqual({ matches: false, isOutdated: false });
  });

  it("of another cost matches, and is outdated", async () => {
    const hash = await hashPassword("secret", { ...cost, passes: 2 });
    expect(await checkPassword("secret", { hash }, cost)).toEqual({ matches: true, isOutdated: true });
  });

  it("of mod-login matches, and is outdated", async () => {
    expect(await checkPassword("pässword", old("pässword"), cost)).toEqual({
      matches: true,
      isOutdated: true,
    });
    expect(await checkPassword("password", old("pässword"), cost)).toEqual({
      matches: false,
      isOutdated: false,
    });
  });

  it.each([
    null,
    {},
    { hash: "" },
    { hash: "$argon2id$v=19$m=64,t=1,p=1$$" },
    { hash: old("x").hash },
    { hash: "00", salt },
  ])("%j matches nothing", async (stored) => {
    for (const password of ["", "x"]) {
      expect(await checkPassword(password, stored, cost)).toEqual({ matches: false, isOutdated: false });
    }
  });
});
