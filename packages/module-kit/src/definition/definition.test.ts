import { parseModuleDescriptor, validateModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { expand } from "@octavo/migrations";
import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { descriptorOf } from "./descriptor.ts";
import { defineInterface } from "./interface.ts";
import { defineModule, type ModuleInput } from "./module.ts";
import { openApiOf } from "./openapi.ts";
import { route } from "./route.ts";
import { timer } from "./timer.ts";

const Tag = Type.Object({ id: Type.String(), label: Type.String() }, { $id: "tag" });
const nothing = () => ({ status: 204 }) as const;

const get = route({
  method: "GET",
  path: "/tags/{id}",
  summary: "Gives a tag",
  permissionsRequired: ["tags.item.get"],
  permissionsDesired: ["tags.secret.get"],
  modulePermissions: ["users.item.get"],
  query: Type.Object({ depth: Type.Optional(Type.Integer()) }),
  answers: { 200: Tag },
  handle: ({ params }) => ({ status: 200, body: { id: params.id, label: "x" } }),
});
const count = route({
  method: "GET",
  path: "/tags/count",
  isPublic: true,
  answers: { 204: null },
  handle: nothing,
});
const sweep = route({ method: "POST", path: "/tags/sweep", answers: { 204: null }, handle: nothing });
const begin = route({ method: "POST", path: "/_/tenant", answers: { 204: null }, handle: nothing });

const tags: ModuleInput = {
  name: "octavo-tags",
  version: "1.2.3",
  title: "Tags",
  interfaces: [defineInterface("tags", "1.0", [get, count])],
  requires: { users: "15.0 16.0" },
  optional: { notes: "2.0" },
  permissionSets: [{ permissionName: "tags.secret.get", displayName: "See secrets" }],
  timers: [timer(sweep, { unit: "hour", delay: 1 })],
  parts: [{ name: "tenant", interfaces: [defineInterface("_tenant", "2.0", [begin], { type: "system" })] }],
};

describe("a module's descriptor", () => {
  it("says what the definition says, and the gateway accepts it", () => {
    const descriptor = descriptorOf(defineModule(tags));
    const json = parseJson(JSON.stringify(descriptor));
    if (!json.ok) throw new Error(json.error.message);
    const parsed = parseModuleDescriptor(json.value);
    if (!parsed.ok) throw new Error(parsed.error);
    expect(validateModuleDescriptor(parsed.value)).toEqual({ error: null, warnings: [] });
    expect(descriptor).toEqual({
      id: "octavo-tags-1.2.3",
      name: "Tags",
      provides: [
        {
          id: "_tenant",
          version: "2.0",
          interfaceType: "system",
          handlers: [{ methods: ["POST"], pathPattern: "/_/tenant", permissionsRequired: [] }],
        },
        {
          id: "tags",
          version: "1.0",
          handlers: [
            {
              methods: ["GET"],
              pathPattern: "/tags/{id}",
              permissionsRequired: ["tags.item.get"],
              permissionsDesired: ["tags.secret.get"],
              modulePermissions: ["users.item.get"],
            },
            { methods: ["GET"], pathPattern: "/tags/count", permissionsRequired: [] },
          ],
        },
        {
          id: "_timer",
          version: "1.0",
          interfaceType: "system",
          handlers: [{ methods: ["POST"], pathPattern: "/tags/sweep", unit: "hour", delay: "1" }],
        },
      ],
      requires: [{ id: "users", version: "15.0 16.0" }],
      optional: [{ id: "notes", version: "2.0" }],
      permissionSets: [
        { permissionName: "tags.secret.get", displayName: "See secrets" },
        { permissionName: "tags.item.get", displayName: "Tags: gives a tag", visible: false },
        {
          permissionName: "tags.all",
          displayName: "Tags: all of tags",
          subPermissions: ["tags.item.get", "tags.secret.get"],
          visible: false,
        },
      ],
      launchDescriptor: { exec: "octavo module run octavo-tags --port %p", env: [] },
      metadata: { octavo: { kit: "0.1", public: ["GET /tags/count"] } },
    });
  });

  it("does not describe permissions that are another module's", () => {
    const module = defineModule({ ...tags, foreignPermissions: ["tags.item.get"] });
    const { permissionSets } = descriptorOf(module) as { permissionSets: { permissionName: string }[] }; // as: what it is made of
    expect(permissionSets.map(({ permissionName }) => permissionName)).toEqual([
      "tags.secret.get",
      "tags.all",
    ]);
  });
});

describe("a module's OpenAPI document", () => {
  it("has what clients call, and a schema with $id once", () => {
    const document = openApiOf(defineModule(tags));
    expect(document).toMatchObject({
      openapi: "3.1.0",
      paths: {
        "/tags/{id}": {
          get: {
            tags: ["tags"],
            summary: "Gives a tag",
            parameters: [
              { name: "id", in: "path", required: true, schema: { type: "string" } },
              { name: "depth", in: "query", required: false, schema: { type: "integer" } },
            ],
            responses: {
              200: { content: { "application/json": { schema: { $ref: "#/components/schemas/tag" } } } },
            },
            "x-permissions-required": ["tags.item.get"],
          },
        },
        "/tags/count": { get: { security: [] } },
      },
      components: { schemas: { tag: { type: "object", required: ["id", "label"] } } },
    });
    expect(JSON.stringify(document)).not.toContain("/_/tenant");
  });
});

describe("a module that cannot be is refused with every mistake at once", () => {
  it.each<[string, Partial<ModuleInput>, string]>([
    ["name", { name: "Octavo_Tags" }, 'name "Octavo_Tags" is not small letters'],
    ["version", { version: "1" }, 'version "1" is not like 1.2.3'],
    ["interface version", { interfaces: [defineInterface("a", "1", [])] }, "of interface a is not like 1.2"],
    ["interface twice", { interfaces: [defineInterface("_tenant", "1.2", [])] }, "_tenant is there twice"],
    [
      "route twice",
      { interfaces: [defineInterface("a", "1.0", [get, { ...get, path: "/tags/{x}" }])] },
      "GET /tags/{} is",
    ],
    [
      "path",
      { interfaces: [defineInterface("a", "1.0", [{ ...get, path: "/tags/a{id}" }])] },
      "is no path whose",
    ],
    [
      "params",
      {
        interfaces: [defineInterface("a", "1.0", [{ ...get, params: Type.Object({ key: Type.String() }) }])],
      },
      "has no {key}; route GET /tags/{id} says nothing of {id} in params",
    ],
    [
      "answers",
      { interfaces: [defineInterface("a", "1.0", [{ ...get, answers: { 404: null } }])] },
      "declares no answer",
    ],
    ["timer", { timers: [timer(get, { cron: "0 * * * *" })] }, "is called by POST"],
    ["step", { steps: [step("a"), step("a")] }, "step a is there twice"],
  ])("%s", (_of, change, sentence) => {
    expect(() => defineModule({ ...tags, ...change })).toThrow(sentence);
  });
});

function step(id: string) {
  return expand(id, "create table t (id uuid)");
}
