import { readUnverified } from "@octavo/tokens";
import { describe, expect, it } from "vitest";
import { findTenantId } from "./find-tenant.ts";

function tokenOf(payload: unknown): string {
  return `h.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.s`;
}
const north = tokenOf({ tenant: "north" });

describe("the tenant of a request", () => {
  const found: readonly (readonly [
    claim: string,
    named: string | null,
    token: string | null,
    tenant: string,
  ])[] = [
    ["is the supertenant where nothing says another", null, null, "supertenant"],
    ["is the one that is named", "north", null, "north"],
    ["is that of the token", null, north, "north"],
    ["is both where they agree", "north", north, "north"],
    ["is the one that is named beside a token that says nothing", "north", "opaque", "north"],
    ["is the supertenant by a token without tenant", null, tokenOf({ sub: "a" }), "supertenant"],
    ["is the supertenant by a token whose tenant is no text", null, tokenOf({ tenant: 1 }), "supertenant"],
  ];
  it.each(found)("%s", (_claim, named, token, tenant) => {
    expect(findTenantId(named, token, readUnverified)).toEqual({ ok: true, value: tenant });
  });

  it("is nobody's where name and token differ, and says so without repeating what it cannot trust", () => {
    expect(findTenantId("south", north, readUnverified)).toMatchObject({
      error: "The token is of tenant north, the request of tenant south. Use one of them",
    });
    expect(findTenantId("south", tokenOf({ tenant: "a\r\nb<script>" }), readUnverified)).toMatchObject({
      error: "The token is of another tenant, the request of tenant south. Use one of them",
    });
  });

  it("is nobody's by a token that must say it and cannot be read", () => {
    expect(findTenantId(null, "a.b", readUnverified)).toEqual({
      ok: false,
      error: "Invalid Token: Missing . separator for token",
    });
  });
});
