import { moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import { afterAll, beforeAll, expect, it } from "vitest";
import { users } from "./index.ts";
let running: ModuleOfTenant;
beforeAll(async () => {
  running = await moduleOfTenant(users);
});
afterAll(() => running.close());
it("keeps users once by name, in groups that are there and stay", async () => {
  const staff = "3684a786-6671-4268-8ed0-9db82ebca60b";
  const made = await running.ask("POST /users", {
    username: "ann",
    active: true,
    patronGroup: staff,
    personal: { lastName: "Ash" },
  });
  expect(made.status).toBe(201);
  expect((await running.ask("POST /users", { username: "ANN" })).status).toBe(422);
  expect(
    (await running.ask("POST /users", { patronGroup: "3684a786-6671-4268-8ed0-9db82ebca60c" })).status,
  ).toBe(422);
  expect((await running.ask(`DELETE /groups/${staff}`)).status).toBe(400);
  expect(
    (await running.ask("GET /users?query=username==ann and active==true sortby personal.lastName")).body,
  ).toMatchObject({ totalRecords: 1 });
  for (const path of ["addresstypes", "proxiesfor", "departments", "groups"])
    expect([path, (await running.ask(`GET /${path}`)).status]).toEqual([path, 200]);
  const { id } = made.body as { readonly id: string };
  expect((await running.ask(`PUT /users/${id}`, { id, username: "ann", active: false })).status).toBe(204);
  expect((await running.ask(`GET /users/${id}`)).body).toMatchObject({ id, active: false });
  expect((await running.ask(`PUT /users/${staff}`, { id, username: "ann" })).status).toBe(400);
  expect((await running.ask(`DELETE /users/${id}`)).status).toBe(204);
  expect((await running.ask(`GET /users/${id}`)).status).toBe(404);
});
