import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outcomes } from "./fact.ts";
import { tenantInterfaceFacts, tenantInterfaceModules } from "./facts/tenant-interface.ts";
import { openPlatform, type Platform } from "./platform.ts";

describe("the tenant interface of a module", () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await openPlatform(tenantInterfaceModules);
  });
  afterAll(() => platform.close());

  it.each(tenantInterfaceFacts)("$claim ($source)", async (fact) => {
    const { seen, wanted } = await outcomes(platform, fact);
    expect(seen).toEqual(wanted);
  });
});
