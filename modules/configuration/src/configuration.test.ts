import { randomUUID } from "node:crypto";
import { descriptorOf } from "@octavo/module-kit";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { askingUserId, moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import {
  type ComparedDescriptor,
  permissionsOf,
  realDescriptor,
  routesOf,
} from "@octavo/testing/real-descriptor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configuration } from "./index.ts";

const path = "/configurations/entries";
const unknown = "00000000-0000-4000-8000-000000000000";
let running: ModuleOfTenant;
beforeAll(async () => {
  running = await moduleOfTenant(configuration);
});
afterAll(() => running.close());

interface Entry {
  readonly id: string;
  readonly code?: string;
  readonly enabled?: boolean;
}
const ask = (request: string, body?: unknown) => running.ask(request, body);
const post = (body: object) => ask(`POST ${path}`, body);
const made = async (body: object): Promise<Entry> => {
  const { status, body: answer } = await post(body);
  expect(status).toBe(201);
  return answer as Entry;
};
const listed = async (query: string) =>
  ((await ask(`GET ${path}?query=${encodeURIComponent(query)}`)).body as { configs: readonly Entry[] })
    .configs;
const saying = (message: string) => ({ errors: [{ message: expect.stringContaining(message) as string }] });

/** Of a module of its own, so that tests do not meet. */
const setting = (more: object = {}) => ({
  module: `M${randomUUID()}`,
  configName: "other_settings",
  code: "audioAlertsEnabled",
  value: "true",
  ...more,
});

/** The claims of mod-configuration 5.10's own RestVerticleTest; where ours are other ones the reason is in docs/compatibility.md. */
describe("a setting", () => {
  it("is kept with who made it, is enabled unless told, is changed and deleted", async () => {
    const sent = setting();
    const answer = await post(sent);
    const entry = answer.body as Entry;
    expect(answer.location).toBe(`${path}/${entry.id}`);
    expect(entry).toMatchObject({
      ...sent,
      enabled: true,
      metadata: { createdByUserId: askingUserId, updatedByUserId: askingUserId },
    });
    const changed = { ...entry, configName: "new_name", value: "new", enabled: undefined };
    expect((await ask(`PUT ${path}/${entry.id}`, changed)).status).toBe(204);
    expect((await ask(`GET ${path}/${entry.id}`)).body).toMatchObject({
      configName: "new_name",
      value: "new",
      enabled: true,
    });
    expect((await ask(`DELETE ${path}/${entry.id}`)).status).toBe(204);
    expect((await ask(`GET ${path}/${entry.id}`)).status).toBe(404);
  });

  const userId = randomUUID();
  it.each<[string, object]>([
    ["everybody's with a code", {}],
    ["everybody's without a code", { code: undefined }],
    ["a user's with a code", { userId }],
    ["a user's without a code", { userId, code: undefined }],
  ])("%s is there once while it is enabled", async (_what, more) => {
    const sent = setting(more);
    const entry = await made(sent);
    const refused = await post({ ...sent, value: "another" });
    expect(refused).toMatchObject({
      status: 422,
      body: saying(
        "Cannot have more than one tenant or user record with the same module, config name and code",
      ),
    });
    expect(JSON.stringify(refused.body)).toContain(sent.module);
    const disabled = [
      await made({ ...sent, enabled: false }),
      await made({ ...sent, enabled: false, value: "x" }),
    ];
    // Nobody else's is in the way, and neither is one of another code or name.
    for (const other of [{ userId: randomUUID() }, { code: "other" }, { configName: "other" }]) {
      await made({ ...sent, ...other });
    }
    const [first] = disabled;
    expect(await ask(`PUT ${path}/${first?.id}`, { ...sent, enabled: true })).toMatchObject({
      status: 422,
      body: saying("value already exists in table config_data"),
    });
    expect((await ask(`PUT ${path}/${entry.id}`, { ...sent, enabled: false })).status).toBe(204);
    expect((await ask(`PUT ${path}/${first?.id}`, { ...sent, enabled: true })).status).toBe(204);
  });

  it("of two that come at once is made once", async () => {
    const sent = setting();
    const answers = await Promise.all([post(sent), post(sent), post(sent)]);
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(["201", "422", "422"]);
  });

  it("is found by what clients ask for, in pages and in the order of its creation", async () => {
    const { module } = setting();
    const [alerts, timeout] = [
      await made(setting({ module })),
      await made(setting({ module, code: "checkoutTimeoutDuration", value: "3" })),
    ];
    const disabled = await made(setting({ module, configName: "locale", userId, enabled: false }));
    const codes = async (query: string) => (await listed(query)).map(({ id }) => id);
    const within = `module=="${module}"`;
    expect(await codes(`${within} sortBy metadata.createdDate/sort.descending`)).toEqual(
      [disabled, timeout, alerts].map(({ id }) => id),
    );
    expect(await codes(`${within} and code=="CHECKOUTtimeout*"`)).toEqual([timeout.id]);
    expect(await codes(`${within} and userId==${userId}`)).toEqual([disabled.id]);
    expect(await codes(`${within} and enabled==false`)).toEqual([disabled.id]);
    expect(await codes(`${within} and value==3`)).toEqual([timeout.id]);
    expect(
      await codes(`(${within} and configName=other_settings and cql.allRecords=1 NOT userId="")`),
    ).toEqual(expect.arrayContaining([alerts.id, timeout.id]));
    const page = await ask(`GET ${path}?query=${encodeURIComponent(within)}&limit=1&lang=en`);
    expect(page.body).toMatchObject({ totalRecords: 3, resultInfo: { totalRecords: 3 } });
  });

  it.each<[string, object | undefined, number, string]>([
    [`GET ${path}/${unknown}`, undefined, 404, "is not found"],
    [`PUT ${path}/${unknown}`, setting(), 404, "is not found"],
    [`DELETE ${path}/${unknown}`, undefined, 404, "is not found"],
    [`GET ${path}/7`, undefined, 400, "Invalid UUID format of id"],
    [`GET ${path}?query=a+and`, undefined, 400, "CQL"],
    [`GET ${path}?limit=-1`, undefined, 400, "limit"],
    [`POST ${path}`, { configName: "x" }, 422, "module must not be null"],
    [`POST ${path}`, { module: "x" }, 422, "configName must not be null"],
    [`POST ${path}`, setting({ colour: "red" }), 422, "colour is not known"],
    [`POST ${path}`, setting({ value: { a: 1 } }), 422, "value"],
    [`POST ${path}`, setting({ id: "7" }), 422, "id"],
  ])("%s %j is refused with %i", async (request, body, status, message) => {
    expect(await ask(request, body)).toMatchObject({ status, body: saying(message) });
  });
});

describe("the audit", () => {
  it("has each change with the setting, and none that was refused", async () => {
    const sent = setting();
    const entry = await made(sent);
    expect((await post(sent)).status).toBe(422);
    expect((await ask(`PUT ${path}/${entry.id}`, { ...sent, value: "false" })).status).toBe(204);
    expect((await ask(`DELETE ${path}/${entry.id}`)).status).toBe(204);
    const query = encodeURIComponent(`config_data.module=="${sent.module}" sortBy createdDate`);
    const { body } = await ask(`GET /configurations/audit?query=${query}`);
    const { createdDate, id } = {
      createdDate: expect.any(String) as string,
      id: expect.any(String) as string,
    };
    expect(body).toMatchObject({
      audits: [
        { id, createdDate, operation: "I", config_data: { ...sent, id: entry.id, enabled: true } },
        { id, createdDate, operation: "U", config_data: { value: "false", enabled: true } },
        { id, createdDate, operation: "D", config_data: { id: entry.id, value: "false" } },
      ],
      totalRecords: 3,
    });
  });
});

describeWithFolio("the descriptor of mod-configuration 5.10.0", () => {
  it("has the interface, the routes and the permissions that ours has", () => {
    const ours = descriptorOf(configuration) as ComparedDescriptor; // as: what a descriptor is
    const real = realDescriptor("mod-configuration");
    expect(routesOf(ours)).toEqual(routesOf(real));
    expect(permissionsOf(ours)).toEqual(permissionsOf(real));
  });
});
