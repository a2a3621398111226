import { afterEach, beforeEach, expect, it } from "vitest";
import { answer, cut, heldUntil, job } from "./reply.ts";
import { spawnStandIns } from "./spawn-stand-ins.ts";
import { type StandIns, startStandIns } from "./start-stand-ins.ts";

const users = {
  id: "mod-users-1.0.0",
  provides: [
    {
      id: "_tenant",
      version: "2.0",
      handlers: [
        { methods: ["POST"], pathPattern: "/_/tenant" },
        { methods: ["GET", "DELETE"], pathPattern: "/_/tenant/{id}" },
      ],
    },
    { id: "_timer", version: "1.0", handlers: [{ methods: ["POST"], pathPattern: "/users/expire" }] },
    { id: "users", version: "16.0", handlers: [{ methods: ["GET"], pathPattern: "/users" }] },
  ],
};
const orders = { id: "mod-orders-1.0.0", provides: users.provides };

let standIns: StandIns;
beforeEach(async () => {
  standIns = await startStandIns([users, orders]);
});
afterEach(() => standIns.close());

async function call(
  method: string,
  path: string,
  body?: object,
  module = users.id,
  tenant = "diku",
): Promise<Response> {
  return fetch(`${standIns.urlOf(module)}${path}`, {
    method,
    headers: { "X-Okapi-Tenant": tenant },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

it("records what came, in order, by what it was for", async () => {
  await call("POST", "/_/tenant", { module_to: users.id });
  await call("POST", "/_/tenant", { module_from: users.id, purge: true });
  await call("POST", "/users/expire");
  await call("GET", "/users?limit=1");
  expect(standIns.calls.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    "init /_/tenant",
    "purge /_/tenant",
    "timer /users/expire",
    "request /users?limit=1",
  ]);
});

it("answers as scripted for the module, tenant and kind, the last answer for ever", async () => {
  standIns.script({ kind: "init" }, answer(500));
  standIns.script({ kind: "init", moduleId: users.id, tenant: "diku" }, answer(400, "not yet"), answer(200));
  const statuses = [];
  for (let turn = 0; turn < 3; turn += 1)
    statuses.push((await call("POST", "/_/tenant", { module_to: "x" })).status);
  expect(statuses).toEqual([400, 200, 200]);
  expect((await call("POST", "/_/tenant", { module_to: "x" }, users.id, "other")).status).toBe(500);
});

it("plays a job: complete at the look that was scripted, gone when it is deleted, its own module's only", async () => {
  standIns.script({ kind: "init" }, job({ polls: 2, error: "no", messages: ["why"] }));
  const begun = await call("POST", "/_/tenant", { module_to: users.id });
  const path = begun.headers.get("Location") ?? "";
  expect(begun.status).toBe(201);
  expect(await (await call("GET", path)).json()).toMatchObject({ complete: false });
  expect(await (await call("GET", path)).json()).toMatchObject({
    complete: true,
    error: "no",
    messages: ["why"],
  });
  expect((await call("GET", path, undefined, orders.id)).status).toBe(404);
  expect([(await call("DELETE", path)).status, (await call("DELETE", path)).status]).toEqual([204, 404]);
  expect(standIns.openJobs).toBe(0);
});

it("says which calls were under way at once", async () => {
  const release = Promise.withResolvers<void>();
  standIns.script({ moduleId: users.id }, heldUntil(release.promise, answer(204)));
  const slow = call("POST", "/_/tenant", { module_to: users.id });
  await standIns.arrival(({ moduleId }) => moduleId === users.id);
  await call("POST", "/_/tenant", { module_to: orders.id }, orders.id);
  release.resolve();
  await slow;
  const [first, second] = standIns.calls;
  expect(first?.began).toBeLessThan(second?.began ?? -1);
  expect(first?.ended).toBeGreaterThan(second?.ended ?? Number.POSITIVE_INFINITY);
});

it("closes the connection where a module dies", async () => {
  standIns.script({}, cut);
  await expect(call("GET", "/users")).rejects.toThrow("fetch failed");
  expect(standIns.calls[0]).toMatchObject({ ended: null, status: null });
});

it("runs as a process of its own", async () => {
  const spawned = await spawnStandIns([users]);
  const answered = await fetch(`${spawned.urlOf(users.id)}/users`);
  expect(await answered.text()).toBe("mod-users-1.0.0 /users");
  expect((await spawned.calls()).map(({ kind }) => kind)).toEqual(["request"]);
  expect(await spawned.calls(1)).toEqual([]);
  await spawned.close();
});
