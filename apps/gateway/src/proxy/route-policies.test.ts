import { parseModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { compileRoutes, matchHandler } from "@octavo/routing";
import { expect, it } from "vitest";
import { RoutePolicies } from "./route-policies.ts";

function firstByteMs(method: string, path: string, metadata: unknown): number | null {
  const handlers = [
    { methods: ["GET", "POST"], pathPattern: "/report/{id}", permissionsRequired: [] },
    { methods: ["GET"], pathPattern: "/quick", permissionsRequired: [] },
  ];
  const text = JSON.stringify({
    id: "mod-a-1.0.0",
    provides: [{ id: "a", version: "1.0", handlers }],
    ...(metadata === undefined ? {} : { metadata }),
  });
  const json = parseJson(text);
  const module = json.ok ? parseModuleDescriptor(json.value) : null;
  if (module?.ok !== true) throw new Error("no descriptor");
  const route = matchHandler(compileRoutes([module.value]), method, path, path.length);
  if (route === null) throw new Error("no route");
  const policies = new RoutePolicies("diku");
  const [policy, again] = [policies.of(route, method), policies.of(route, method)];
  expect(again).toBe(policy);
  expect(policy).toMatchObject({ tenantId: "diku", bodyIdleMs: null, deadline: null });
  return policy.firstByteMs;
}

const declared = { octavo: { firstByteMs: { "POST /report/{id}": 300_000 } } };

it.each([
  ["is as declared for the route and the method", "POST", "/report/1", declared, 300_000],
  ["is the gateway's for another method", "GET", "/report/1", declared, null],
  ["is the gateway's for another route", "GET", "/quick", declared, null],
  ["is the gateway's where nothing is declared", "GET", "/quick", undefined, null],
  ["is the gateway's where the metadata is about something else", "GET", "/quick", { octavo: [] }, null],
  ["is at most an hour", "GET", "/quick", { octavo: { firstByteMs: { "GET /quick": 3_600_001 } } }, null],
  ["is no text", "GET", "/quick", { octavo: { firstByteMs: { "GET /quick": "100" } } }, null],
  ["is above nothing", "GET", "/quick", { octavo: { firstByteMs: { "GET /quick": 0 } } }, null],
  ["is whole", "GET", "/quick", { octavo: { firstByteMs: { "GET /quick": 1.5 } } }, null],
] as const)("the wait for an answer %s", (_claim, method, path, metadata, wanted) => {
  expect(firstByteMs(method, path, metadata)).toBe(wanted);
});
