import { isJsonObject, parseJson, type JsonValue } from "@octavo/json";
import type { TSchema } from "typebox";
import { describe, expect, it } from "vitest";
import { operations } from "./operations.ts";
import { parseBody } from "./parse-body.ts";
import { DeploymentDescriptor } from "./schemas/deployment-descriptor.ts";
import { TenantDescriptor } from "./schemas/tenant-descriptor.ts";
import { TenantModuleDescriptor } from "./schemas/tenant-module-descriptor.ts";

describe("a body", () => {
  it("comes back as a plain value of its schema's type", () => {
    const parsed = parseBody(TenantModuleDescriptor, json(`{"id": "users-1.0.0", "action": "enable"}`));
    expect(parsed).toEqual({ ok: true, value: { id: "users-1.0.0", action: "enable" } });
  });

  it("may say null where it could say nothing", () => {
    expect(parseBody(TenantDescriptor, json(`{"id": "north", "name": null}`))).toEqual({
      ok: true,
      value: { id: "north" },
    });
  });

  it("may write an integer with a fraction of zero", () => {
    const parsed = parseBody(DeploymentDescriptor, json(`{"descriptor": {"waitIterations": 3.0}}`));
    expect(parsed).toEqual({ ok: true, value: { descriptor: { waitIterations: 3 } } });
  });

  it("keeps what the schema leaves free as it was sent: digits, nulls and the order of keys", () => {
    const text = `{"descriptor": {"dockerArgs": {"b": 12345678901234567890, "10": null, "2": [1.0]}}}`;
    const parsed = parseBody(DeploymentDescriptor, json(text));
    const sent = member(member(json(text), "descriptor"), "dockerArgs");
    expect(parsed.ok && parsed.value.descriptor?.dockerArgs).toEqual(sent);
  });

  it("gives no meaning to the names of Object.prototype", () => {
    const parsed = parseBody(TenantDescriptor, json(`{"id": "north"}`));
    expect(parsed.ok && Object.getPrototypeOf(parsed.value)).toBeNull();
  });
});

/** Operation, body, what is said about it (after Okapi's "Failed to decode:"). */
const badBodies: readonly (readonly [string, string, string])[] = [
  ["tenants.create", `[]`, "body must be an object, not an array"],
  ["tenants.create", `null`, "body must be an object, not null"],
  ["tenants.create", `"north"`, "body must be an object, not a string"],
  ["tenants.create", `12`, "body must be an object, not a number"],
  ["tenants.create", `true`, "body must be an object, not a boolean"],
  ["tenants.create", `{"id": 1}`, "id must be a string, not a number"],
  ["tenants.create", `{"id": 12345678901234567890}`, "id must be a string, not a number"],
  ["tenants.create", `{"id": ["north"]}`, "id must be a string, not an array"],
  ["tenants.create", `{"id": {"x": 1}}`, "id must be a string, not an object"],
  ["tenants.create", `{"id": "north", "nmae": "North"}`, `Unrecognized field "nmae" at nmae`],
  ["tenants.create", `{"id": "north", "nmae": null}`, `Unrecognized field "nmae" at nmae`],
  ["tenants.create", `{"id": 1, "nmae": "North"}`, `Unrecognized field "nmae" at nmae`],
  ["tenants.create", `{"__proto__": {"id": "x"}}`, `Unrecognized field "__proto__" at __proto__`],
  ["tenants.create", `{"constructor": 1}`, `Unrecognized field "constructor" at constructor`],
  ["tenants.create", `{"toString": null}`, `Unrecognized field "toString" at toString`],
  ["tenants.create", `{"": 1}`, `Unrecognized field "" at [""]`],
  ["tenants.create", `{"a b": 1}`, `Unrecognized field "a b" at ["a b"]`],
  ["tenants.create", `{"a/b~c": 1}`, `Unrecognized field "a/b~c" at ["a/b~c"]`],
  ["tenants.install.start", `{"id": "users"}`, "body must be an array, not an object"],
  ["tenants.install.start", `["users"]`, "[0] must be an object, not a string"],
  ["tenants.install.start", `[{"id": "users"}, null]`, "[1] must be an object, not null"],
  ["tenants.install.start", `[{"action": "enable"}]`, `Missing field "id" at [0].id`],
  ["tenants.install.start", `[{"id": null}]`, `Missing field "id" at [0].id`],
  ["tenants.install.start", `[{"id": "users", "x": 1}]`, `Unrecognized field "x" at [0].x`],
  [
    "tenants.install.start",
    `[{"id": "users", "action": "remove"}]`,
    `[0].action must be one of "enable", "disable", "uptodate", "suggest", "conflict", not "remove"`,
  ],
  [
    "tenants.modules.enable",
    `{"id": "users", "stage": 3}`,
    `stage must be one of "pending", "deploy", "invoke", "undeploy", "done", not a number`,
  ],
  ["discovery.modules.register", `{"url": ["http://x"]}`, "url must be a string, not an array"],
  ["discovery.modules.register", `{"descriptor": []}`, "descriptor must be an object, not an array"],
  [
    "discovery.modules.register",
    `{"descriptor": {"exe": "x"}}`,
    `Unrecognized field "exe" at descriptor.exe`,
  ],
  [
    "discovery.modules.register",
    `{"descriptor": {"waitIterations": 1.5}}`,
    "descriptor.waitIterations must be an integer, not a number",
  ],
  [
    "discovery.modules.register",
    `{"descriptor": {"dockerPull": "true"}}`,
    "descriptor.dockerPull must be a boolean, not a string",
  ],
  [
    "discovery.modules.register",
    `{"descriptor": {"dockerArgs": 1}}`,
    "descriptor.dockerArgs must be an object, not a number",
  ],
  [
    "discovery.modules.register",
    `{"descriptor": {"env": [{"name": "A"}, {"name": "B", "valeu": "1"}]}}`,
    `Unrecognized field "valeu" at descriptor.env[1].valeu`,
  ],
  [
    "discovery.modules.register",
    `{"descriptor": {"dockerCMD": ["a", 1]}}`,
    "descriptor.dockerCMD[1] must be a string, not a number",
  ],
  ["discovery.nodes.rename", `{"nodeId": false}`, "nodeId must be a string, not a boolean"],
  ["env.create", `{"name": "A", "value": 1}`, "value must be a string, not a number"],
  ["env.create", `{"name": "A", "values": "1"}`, `Unrecognized field "values" at values`],
  ["modules.pull", `{}`, `Missing field "urls" at urls`],
  ["modules.pull", `{"urls": "http://x"}`, "urls must be an array, not a string"],
  ["modules.pull", `{"urls": [null]}`, "urls[0] must be a string, not null"],
  ["modules.list", `[1]`, "[0] must be a string, not a number"],
  ["tenants.timers.patch", `{"routingEntry": {}}`, `Missing field "id" at id`],
  [
    "tenants.timers.patch",
    `{"id": "a_0", "routingEntry": {"schedule": {"corn": "* * * * *"}}}`,
    `Unrecognized field "corn" at routingEntry.schedule.corn`,
  ],
  ["tenants.timers.patchOne", `{"delay": 5}`, "delay must be a string, not a number"],
  ["operators.create", `{"name": "ci"}`, `Missing field "roles" at roles`],
  ["operators.create", `{"name": "ci", "roles": []}`, "roles must not have fewer than 1 items"],
  [
    "operators.create",
    `{"name": "ci", "roles": ["root"]}`,
    `roles[0] must be one of "admin", "viewer", "deployer", "tenant-admin", not "root"`,
  ],
  ["plans.explain", `{"kind": "remove"}`, `kind must be one of "install", "upgrade", not "remove"`],
  [
    "plans.explain",
    `{"kind": "install", "modules": [{"id": "a", "from": "b"}]}`,
    `Unrecognized field "from" at modules[0].from`,
  ],
];

describe("a bad body", () => {
  it.each(badBodies)("of %s, %s: %s", (name, text, said) => {
    expect(parseBody(schemaOf(name), json(text))).toEqual({ ok: false, error: `Failed to decode:${said}` });
  });

  it("is not repeated at length", () => {
    const parsed = parseBody(schemaOf("plans.explain"), json(`{"kind": "${"x".repeat(10_000)}"}`));
    expect(parsed).toEqual({
      ok: false,
      error: `Failed to decode:kind must be one of "install", "upgrade", not a string`,
    });
  });
});

function json(text: string): JsonValue {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return value !== undefined && isJsonObject(value) ? value.get(key) : undefined;
}

function schemaOf(name: string): TSchema {
  const schema = operations.find((operation) => operation.name === name)?.body?.schema;
  if (schema === undefined) throw new Error(`no body for ${name}`);
  return schema;
}
