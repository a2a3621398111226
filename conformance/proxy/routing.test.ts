import { startTestModule } from "@octavo/testing/okapi-modules/test-module";
import type { RunningModule } from "@octavo/testing/okapi-modules/http-module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call } from "./call.ts";
import { handling } from "./descriptors.ts";
import { type Platform, startPlatform } from "./platform.ts";

let platform: Platform;
let module: RunningModule;

beforeAll(async () => {
  module = await startTestModule();
  platform = await startPlatform(1);
  const basic = handling("basic-module-1.0.0", [
    { pathPattern: "/testb/client_id" },
    { pathPattern: "/testb/{id}" },
  ]);
  await platform.tenant("roskilde", [{ descriptor: basic, url: module.url }]);
});
afterAll(async () => {
  await platform.close();
  await module.close();
});

describe("a request of a tenant", () => {
  it("reaches its module", async () => {
    const answer = await call(platform.urls[0] ?? "", {
      path: "/testb/hugo",
      headers: { "X-Okapi-Tenant": "roskilde", "X-all-headers": "B" },
    });
    expect(answer.text).toContain("It works");
    expect(answer.text).toContain("X-Okapi-Match-Path-Pattern:/testb/{id}");
    expect(answer.status).toBe(200);
  });
});
