import { afterAll, beforeAll, expect, it } from "vitest";
import { call } from "./call.ts";
import { handling } from "./descriptors.ts";
import { type Platform, startPlatform } from "./platform.ts";

/** A gateway that goes by another name than its address, as behind a balancer: discovery cannot tell that the address is its
 * own. */
let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform(1, { OCTAVO_URL: "http://gateway.example:9130" });
});
afterAll(() => platform.close());

it("a module that is said to be where the gateway is: 502 with the reason, and no call to itself", async () => {
  const [url = ""] = platform.urls;
  const descriptor = handling("mod-mirror-1.0.0", [{ pathPattern: "/mirror" }]);
  await platform.tenant("mirrors", [{ descriptor, url }]);
  const answer = await call(url, { path: "/mirror", headers: { "X-Okapi-Tenant": "mirrors" } });
  expect([answer.status, answer.text]).toEqual([
    502,
    expect.stringContaining("the module's address is this gateway's own"),
  ]);
});
