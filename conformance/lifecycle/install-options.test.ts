import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outcomes } from "./fact.ts";
import { installOptionFacts, installOptionModules } from "./facts/install-options.ts";
import { openPlatform, type Platform } from "./platform.ts";

describe("installing for a tenant", () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await openPlatform(installOptionModules);
  });
  afterAll(() => platform.close());

  it.each(installOptionFacts)("$claim ($source)", async (fact) => {
    const { seen, wanted } = await outcomes(platform, fact);
    expect(seen).toEqual(wanted);
  });
});
