import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClosedPlatform, startClosedPlatform } from "./closed-platform.ts";
import { type ManagementAccess, managementAccess, type Role } from "./management-access.ts";
import { inParallel } from "./keep-alive-client.ts";
import type { Told } from "./recording-module.ts";

/** Every operation of the management API, asked by everybody who has a token, on his own tenant's path and on another's. What
 * nobody may, or with what forged headers, is in apps/gateway/src/closed-by-default.test.ts. */

interface Somebody {
  readonly token: string | null;
  readonly roles: readonly (Role | "admin")[];
  /** Where he is a caller of tenant "diku". */
  readonly permissions: readonly string[] | null;
  readonly provides: readonly string[];
}

const nobody: Somebody = { token: null, roles: [], permissions: null, provides: [] };

let platform: ClosedPlatform;
let everybody: Readonly<Record<string, Somebody>>;

beforeAll(async () => {
  platform = await startClosedPlatform(2);
  for (const id of ["diku", "north"]) await platform.tenant(id, modules);
  const user = async (userId: string, permissions: readonly string[]): Promise<Somebody> => {
    platform.module.users.set(userId, { permissions, isActive: true });
    return { ...nobody, token: await platform.tokenOf("diku", userId), permissions };
  };
  const operator = async (...roles: readonly (Role | "admin")[]): Promise<Somebody> => ({
    ...nobody,
    token: await platform.operator(...roles),
    roles,
  });
  const minted = async (path: string, by: Somebody, provides: readonly string[]): Promise<Somebody> => {
    const headers = { "X-Okapi-Tenant": "diku", "X-Okapi-Token": by.token ?? "" };
    const answer = await platform.clients[0]?.call({ method: "GET", path, headers });
    const { token } = JSON.parse(answer?.text ?? "") as Told; // of the recording module
    return { ...nobody, token, permissions: [...(by.permissions ?? []), ...granted], provides };
  };
  const plainUser = await user("plain", []);
  everybody = {
    nobody,
    "a user without permissions": plainUser,
    "a tenant's administrator with every permission of Okapi": await user("chief", okapiPermissions),
    "a user with the permission that is meant for him": await user("timer", [
      "okapi.proxy.self.timers.patch",
    ]),
    "a module for a user without permissions": await minted("/echo", plainUser, ["echo"]),
    "a module that provides users": await minted("/users-told", plainUser, ["users", "permissions"]),
    "an operator without a role that helps": await operator("viewer"),
    "a deployer": await operator("deployer"),
    "a tenants' administrator": await operator("tenant-admin"),
    "a deployer who also looks": await operator("deployer", "viewer"),
    "an administrator": await operator("admin"),
  };
});
afterAll(() => platform.close());

/** What the modules of these tests are given by their descriptors. */
const granted = ["okapi.proxy.tenants.install.post", "okapi.all"];

const okapiPermissions = [
  "okapi.all",
  "okapi.proxy.pull.modules.post",
  "okapi.proxy.self.timers.patch",
  "octavo.operators.create",
  ...managementAccess.map(
    ({ method, path }) => `okapi.${path.slice(3).replaceAll("/", ".")}.${method.toLowerCase()}`,
  ),
];

const get = { methods: ["GET"], permissionsRequired: [] };
const modules = [
  {
    id: "mod-users-1.0.0",
    provides: [
      {
        id: "users",
        version: "16.0",
        handlers: [
          { ...get, pathPattern: "/users/{id}" },
          { ...get, pathPattern: "/users-told", modulePermissions: granted },
        ],
      },
      {
        id: "permissions",
        version: "5.6",
        handlers: [{ ...get, pathPattern: "/perms/users/{id}/permissions" }],
      },
    ],
  },
  {
    id: "mod-echo-1.0.0",
    provides: [
      {
        id: "echo",
        version: "1.0",
        handlers: [{ ...get, pathPattern: "/echo", modulePermissions: granted }],
      },
    ],
  },
  {
    id: "mod-login-1.0.0",
    provides: [
      {
        id: "login",
        version: "1.0",
        handlers: [
          {
            methods: ["POST"],
            pathPattern: "/authn/login",
            permissionsRequired: [],
            modulePermissions: ["auth.signtoken"],
          },
        ],
      },
    ],
  },
];

type Outcome = 401 | 403 | "allowed";

function expected({ rule, path }: ManagementAccess, by: Somebody, tenantId: string): Outcome {
  if (rule.kind === "everybody") return "allowed";
  if (by.token === null) return 401;
  if (rule.kind === "any-token" || by.roles.includes("admin")) return "allowed";
  if (by.permissions === null) return rule.roles.some((role) => by.roles.includes(role)) ? "allowed" : 403;
  if (rule.providers.some((each) => by.provides.includes(each))) return "allowed";
  const isOwn = path.includes("{tenantId}") && tenantId === "diku";
  const needed = isOwn ? rule.ofOwnTenant : null;
  return needed?.every((each) => by.permissions?.includes(each)) === true ? "allowed" : 403;
}

/** What is not taken is said after who may: so every operation can be tried, and none is carried out. */
const untakable = { "Content-Encoding": "gzip" };

function outcomeOf(status: number, text: string): number | string {
  if (status === 401 || status === 403) return status;
  return status === 400 && text.startsWith("Content-Encoding gzip is not taken")
    ? "allowed"
    : `${status} ${text}`;
}

describe("the management API", () => {
  it("has the operations that are judged here, and no other", async () => {
    const answer = await platform.clients[0]?.call({ method: "GET", path: "/_/octavo/openapi.json" });
    const { paths } = JSON.parse(answer?.text ?? "") as { paths: Record<string, object> }; // OpenAPI 3.1
    const known = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(managementAccess.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(known.sort());
  });

  it("is open to everybody just as far as decided, at each gateway, for his own tenant and another", async () => {
    const cases = Object.entries(everybody).flatMap(([name, by]) =>
      managementAccess.flatMap((access) =>
        ["diku", "north"].map((tenantId) => ({ name, by, access, tenantId })),
      ),
    );
    const wrong: string[] = [];
    for (const client of platform.clients) {
      await inParallel(cases, async ({ name, by, access, tenantId }) => {
        const path = access.path.replace("{tenantId}", tenantId).replaceAll(/\{\w+\}/g, "x");
        const token: Record<string, string> = by.token === null ? {} : { "X-Okapi-Token": by.token };
        const { status, text } = await client.call({
          method: access.method,
          path,
          headers: { ...untakable, ...token },
        });
        const wanted = expected(access, by, tenantId);
        const got = outcomeOf(status, text);
        if (got !== wanted) wrong.push(`${name}: ${access.method} ${path}: ${got}, not ${wanted}`);
      });
    }
    expect(cases.length).toBeGreaterThan(1300);
    expect(wrong).toEqual([]);
  });

  it("takes a module's or user's token also where X-Okapi-Tenant is another: the path and the token decide", async () => {
    const token = everybody["a user without permissions"]?.token ?? "";
    for (const client of platform.clients) {
      const headers = { "X-Okapi-Token": token, "X-Okapi-Tenant": "north" };
      const other = await client.call({ method: "GET", path: "/_/proxy/tenants/north/modules", headers });
      expect(other.status).toBe(403);
    }
  });
});
