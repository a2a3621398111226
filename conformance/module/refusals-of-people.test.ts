import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { login } from "@octavo/login";
import type { ModuleDefinition } from "@octavo/module-kit";
import { notes } from "@octavo/notes";
import { passwordValidator } from "@octavo/password-validator";
import { permissionsModule } from "@octavo/permissions";
import { type ModuleAnswer, moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import { users } from "@octavo/users";
import { usersBl } from "@octavo/users-bl";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** Every route of the modules that a tenant's people need, for whoever sends what does not do: FOLIO's Errors JSON that names the field. */

type Route = ModuleDefinition["interfaces"][number]["routes"][number];

const nobody = "00000000-0000-4000-8000-00000000dead";
const hostileIds = [
  "not-a-uuid",
  nobody,
  "%00",
  "..%2F..%2Fusers",
  "'%3B%20drop%20table%20users",
  "%F0%9F%98%80",
  "x".repeat(2000),
];
const brokenBodies: readonly (readonly [string, string])[] = [
  ["half of JSON", "{"],
  ["a list", "[]"],
  ["a text", '"x"'],
  ["a number", "7"],
  ["null", "null"],
  ["a name twice", '{"id":"1","id":"2"}'],
  ["nesting without end", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
  ["bytes that are no UTF-8", "\u0000"],
];
const hostileQueries = [
  '"',
  "((((((",
  "username=",
  "no.such.field==x",
  "cql.allRecords=1 sortby",
  `${"(".repeat(600)}id==1${")".repeat(600)}`,
  'id=="\' or 1=1 --"',
  "id==x; drop table users",
  `username==${"*".repeat(2000)}x`,
  "username==a\\",
  "username/sort.ignoreCase==x",
  "prox",
  "id==\u0000",
];

interface Refused {
  readonly errors?: readonly {
    readonly message?: unknown;
    readonly code?: unknown;
    readonly parameters?: readonly { readonly key: string }[];
  }[];
}

/** @returns why this is no answer that a client can read, or null */
function fault({ status, body }: ModuleAnswer, wanted: (status: number) => boolean): string | null {
  if (!wanted(status)) return `${status} ${JSON.stringify(body)?.slice(0, 200)}`;
  if (status < 400) return null;
  const { errors = [] } = (body ?? {}) as Refused; // as: looked at as if it were
  const isForm =
    errors.length > 0 &&
    errors.every((each) => typeof each.message === "string" && typeof each.code === "string");
  return isForm ? null : `${status} is not Errors JSON: ${JSON.stringify(body)?.slice(0, 200)}`;
}

function keysOf({ body }: ModuleAnswer): readonly string[] {
  const { errors = [] } = (body ?? {}) as Refused; // as: looked at as if it were
  return errors.flatMap(({ parameters = [] }) => parameters.map(({ key }) => key));
}

const isRefused = (status: number): boolean => status >= 400 && status < 500;
/** 501: what a descriptor has and no version of the real module does. */
const isNoFailure = (status: number): boolean => status < 500 || status === 501;

/** A value that is none of a field's kind. */
function wrongFor(schema: { readonly type?: unknown }): unknown {
  return schema.type === "string" || schema.type === undefined ? { wrong: [] } : "wrong";
}

type Schema = {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, { readonly type?: unknown }>>;
};

/** Behind the gateway nobody and nothing is found. */
const others = createServer((request, response) => {
  const path = (request.url ?? "").replace(/\?.*$/u, "");
  const isList = ["/users", "/configurations/entries", "/groups", "/proxiesfor", "/perms/users"].includes(
    path,
  );
  const on = { module: "EVENT_LOG", code: "STATUS", enabled: true };
  const lists = {
    users: [],
    configs: [on],
    usergroups: [],
    proxiesFor: [],
    permissionUsers: [],
    totalRecords: 0,
  };
  response.writeHead(isList ? 200 : 404, { "content-type": "application/json" });
  response.end(isList ? JSON.stringify(lists) : "");
});
let gatewayUrl = "";
beforeAll(async () => {
  others.listen(0, "127.0.0.1");
  await once(others, "listening");
  gatewayUrl = `http://127.0.0.1:${(others.address() as AddressInfo).port}`; // as: it listens at a port
});
afterAll(() => {
  others.closeAllConnections();
  others.close();
});

function propertiesOf(schema: Route["query"]): NonNullable<Schema["properties"]> {
  const { properties = {} }: Schema = schema ?? {};
  return properties;
}

describe.each<[string, ModuleDefinition]>([
  ["users", users],
  ["permissions", permissionsModule],
  ["login", login],
  ["password-validator", passwordValidator],
  ["notes", notes],
  ["users-bl", usersBl],
])("octavo-%s", (_name, module) => {
  let running: ModuleOfTenant;
  beforeAll(async () => {
    running = await moduleOfTenant(module, {}, { OCTAVO_URL: gatewayUrl });
  });
  afterAll(() => running.close());

  const routes = module.interfaces.filter(({ type }) => type !== "system").flatMap((each) => each.routes);
  const bodyOf = ({ body }: Route): Schema | null => {
    const schema = body as Schema | null | undefined; // as: a schema, `bytes` or nothing
    return schema?.type === "object" ? schema : null;
  };
  const at = ({ method, path }: Route, id = nobody): string =>
    `${method} ${path.replaceAll(/\{[^}]*\}/gu, id)}`;
  const withBody = routes.filter((each) => bodyOf(each) !== null);
  const withQuery = routes.filter(({ query }) => "query" in propertiesOf(query));

  it("refuses every body that is none", async () => {
    const faults: string[] = [];
    for (const route of withBody) {
      for (const [what, text] of brokenBodies) {
        const answer = await running.ask(at(route), Buffer.from(text));
        const why = fault(answer, isRefused);
        if (why !== null) faults.push(`${at(route)} with ${what}: ${why}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it("names each field of each body that has another kind, and each that it does not know", async () => {
    const faults: string[] = [];
    for (const route of withBody) {
      const schema = bodyOf(route);
      for (const [name, property] of Object.entries(schema?.properties ?? {})) {
        const answer = await running.ask(at(route), { [name]: wrongFor(property) });
        const why = fault(answer, isRefused);
        const isNamed = keysOf(answer).some(
          (key) => key === name || key.startsWith(`${name}.`) || key.startsWith(`${name}[`),
        );
        if (why !== null || !isNamed)
          faults.push(`${at(route)} ${name}: ${why ?? JSON.stringify(answer.body)}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it("answers every id that nobody has", async () => {
    const faults: string[] = [];
    for (const route of routes.filter(({ path }) => path.includes("{"))) {
      for (const id of hostileIds) {
        const body = bodyOf(route) === null ? undefined : {};
        const answer = await running.ask(at(route, id), body);
        const why = fault(answer, isNoFailure);
        if (why !== null) faults.push(`${at(route, id)}: ${why}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it("answers every query that is hostile, and names it where it is refused", async () => {
    const faults: string[] = [];
    for (const route of withQuery) {
      for (const query of hostileQueries) {
        const answer = await running.ask(`${at(route)}?query=${encodeURIComponent(query)}`);
        const why = fault(answer, isNoFailure);
        const isNamed = answer.status < 300 || answer.status === 404 || keysOf(answer).includes("query");
        if (why !== null || !isNamed)
          faults.push(`${at(route)} ${query.slice(0, 60)}: ${why ?? JSON.stringify(answer.body)}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it("names each parameter of a page that is none", async () => {
    const faults: string[] = [];
    for (const route of routes.filter(({ method }) => method === "GET")) {
      const properties = propertiesOf(route.query);
      for (const [name, { type }] of Object.entries(properties)) {
        if (type !== "integer") continue;
        for (const value of ["x", "-1", "1.5", "99999999999"]) {
          const answer = await running.ask(`${at(route)}?${name}=${value}`);
          const why = fault(answer, isRefused);
          if (why !== null || !keysOf(answer).includes(name)) {
            faults.push(`${at(route)} ${name}=${value}: ${why ?? JSON.stringify(answer.body)}`);
          }
        }
      }
    }
    expect(faults).toEqual([]);
  });
});

/** A second one of what may be there once: the field is named, or the sentence of the real module says which. */
describe("a second one", () => {
  let ofUsers: ModuleOfTenant;
  let ofOthers: ReadonlyMap<string, ModuleOfTenant>;
  beforeAll(async () => {
    ofUsers = await moduleOfTenant(users);
    ofOthers = new Map([
      ["permissions", await moduleOfTenant(permissionsModule, {}, { OCTAVO_URL: gatewayUrl })],
      ["login", await moduleOfTenant(login, {}, { OCTAVO_URL: gatewayUrl })],
      ["password-validator", await moduleOfTenant(passwordValidator)],
      ["notes", await moduleOfTenant(notes, {}, { OCTAVO_URL: gatewayUrl })],
    ]);
  });
  afterAll(async () => {
    await Promise.all([ofUsers, ...ofOthers.values()].map((each) => each.close()));
  });

  const one = "4f1c0d3e-5b1a-4000-8000-0000000000a1";
  const named = { lastName: "Ash" };
  const rule = {
    name: "twice",
    type: "RegExp",
    validationType: "Strong",
    state: "Disabled",
    moduleName: "x",
    expression: "^x$",
    orderNo: 90,
    errMessageId: "x",
  };
  it.each<[module: string, path: string, body: object, status: number, says: string]>([
    ["users", "/users", { username: "twice", personal: named }, 422, "username"],
    ["users", "/users", { barcode: "twice", personal: named }, 422, "barcode"],
    ["users", "/users", { externalSystemId: "twice", personal: named }, 422, "externalSystemId"],
    ["users", "/groups", { group: "twice" }, 422, "group"],
    ["users", "/addresstypes", { addressType: "twice" }, 422, "addressType"],
    ["users", "/departments", { name: "twice", code: "TW" }, 422, "name"],
    ["users", "/proxiesfor", { userId: one, proxyUserId: nobody }, 422, "Proxy relationship already exists"],
    ["permissions", "/perms/permissions", { permissionName: "twice" }, 422, "permissionName"],
    ["permissions", "/perms/users", { userId: one }, 422, "userId"],
    ["login", "/authn/credentials", { userId: one, password: "twice" }, 422, "userId"],
    [
      "login",
      "/authn/password-reset-action",
      { id: one, userId: one, expirationTime: "2030-01-01T00:00:00.000Z" },
      400,
      one,
    ],
    ["password-validator", "/tenant/rules", rule, 422, "name"],
    ["notes", "/note-types", { name: "twice" }, 422, "name"],
  ])("of %s at %s %j is %i and says %s", async (name, path, body, status, says) => {
    const asked = name === "users" ? ofUsers : ofOthers.get(name);
    if (asked === undefined) throw new Error(`no module ${name}`);
    expect(await asked.ask(`POST ${path}`, body)).toMatchObject({
      status: path === "/tenant/rules" ? 200 : 201,
    });
    const again = await asked.ask(`POST ${path}`, body);
    expect([again.status, fault(again, isRefused), JSON.stringify(again.body)]).toEqual([
      status,
      null,
      expect.stringContaining(says),
    ]);
  });

  it("_version, which none of their records has, is a field that is not known", async () => {
    const answer = await ofUsers.ask("POST /users", { personal: named, _version: 1 });
    expect([answer.status, keysOf(answer)]).toEqual([422, ["_version"]]);
  });
});
