import { query } from "@octavo/testing/query";
import { afterEach, expect, it, vi } from "vitest";
import { startCanaryModule } from "./canary-module.ts";
import { HANG_MS, place, type Platform, readinessOf, startPlatform, until } from "./platform.ts";
import { send } from "./send.ts";
import { isRun } from "./tier.ts";

/** A change stands in the log that these gateways cannot apply: of a later program, or of nobody's. */

vi.setConfig({ testTimeout: 3 * HANG_MS, hookTimeout: HANG_MS });

let platform: Platform | null = null;
afterEach(() => platform?.close());

it.runIf(isRun).each<[string, object]>([
  ["an unknown kind of change", { v: 1, kind: "quota.put" }],
  ["a change that contradicts the state", { v: 1, kind: "env.removed", name: "NONE" }],
])("%s ends no gateway: each says so, is not ready, and routes as before", async (_case, op) => {
  platform = await startPlatform(2);
  const [one] = platform.gateways;
  if (one === undefined) throw new Error("two gateways");
  const canary = await startCanaryModule();
  await platform.manage(one, "POST", "/_/proxy/tenants", { id: "diku" });
  await place(platform, { id: "mod-canary-1.0.0", path: "/canary", url: canary.url }, ["diku"]);
  await query(
    platform.databaseUrl,
    `with before as (select counter, hash from octavo.revision),
     logged as (
       insert into octavo.change (revision, write_id, actor, action, target, ops, must_understand, previous_hash, hash)
       select counter + 1, gen_random_uuid(), 'nobody', 'poison', '', '${JSON.stringify([op])}', true, hash, repeat('f', 64)
       from before)
     update octavo.revision set counter = counter + 1, hash = repeat('f', 64)`,
  );
  await query(platform.databaseUrl, "notify octavo_change");
  for (const gateway of platform.gateways) {
    await until("it says that it has stopped", async () => (await readinessOf(gateway)).status === 503);
    expect((await readinessOf(gateway)).because).not.toBe("");
    expect(gateway.process.output.stderr).toContain("requests are still served at this revision");
    const routed = { method: "GET", path: "/canary", headers: { "X-Okapi-Tenant": "diku" } };
    expect(await send(false, gateway.url, routed)).toMatchObject({ status: 200 });
    const write = { method: "POST", path: "/_/env", body: JSON.stringify({ name: "A", value: "b" }) };
    expect(await send(false, gateway.url, write)).toMatchObject({ status: 503 });
    const live = await send(false, gateway.url, { method: "GET", path: "/_/proxy/health" });
    expect(live).toMatchObject({ status: 200 });
  }
  await canary.close();
});
