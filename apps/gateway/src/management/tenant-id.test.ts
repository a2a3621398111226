import { describe, expect, it } from "vitest";
import { checkTenantId, isLegacyTenantId, tenantIdFrom } from "./tenant-id.ts";

const pattern =
  "Invalid tenant id, may only contain a-z and 0-9 and must match [a-z][a-z0-9]{0,30} but it is";

// The facts of Okapi's TenantValidatorTest, and a few more.
const refused: readonly (readonly [string, string])[] = [
  ["a".repeat(32), `Tenant id must not exceed 31 characters: ${"a".repeat(32)}`],
  ["1", "Tenant id must not start with a digit: 1"],
  ["1a", "Tenant id must not start with a digit: 1a"],
  ["foo_bar", "Tenant id must not contain underscore: foo_bar"],
  ["a-z", "Tenant id must not contain minus: a-z"],
  ["a_-z", "Tenant id must not contain underscore: a_-z"],
  ["universität", `${pattern} universität`],
  ["Lib", `${pattern} Lib`],
  ["", `${pattern} `],
  ["lib\n", `${pattern} lib\n`],
  ["../etc", `${pattern} ../etc`],
];

describe("the id of a tenant", () => {
  it.each(["a", "a1", "a".repeat(31)])("may be %s", (id) => {
    expect(checkTenantId(id)).toEqual({ ok: true, value: id });
  });

  it.each(refused)("may not be %j", (id, sentence) => {
    expect(checkTenantId(id)).toEqual({ ok: false, error: sentence });
  });

  it("is made from a UUID where none is given", () => {
    const id = tenantIdFrom("0f9a1b2c-3d4e-5f60-7182-93a4b5c6d7e8");
    expect(id).toBe("t0f9a1b2c3d4e5f60718293a4b5c6d7");
    expect(checkTenantId(id).ok).toBe(true);
  });

  it("may be of an older kind when it is put", () => {
    expect(["lib_bee", "LIB-1"].map(isLegacyTenantId)).toEqual([true, true]);
    expect(["a b", "../etc", "_x", "", "a\n"].map(isLegacyTenantId)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
