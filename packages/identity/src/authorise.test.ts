import { operations, type OperatorRole, operatorRoles } from "@octavo/management-api";
import { describe, expect, it } from "vitest";
import { authorise } from "./authorise.ts";
import type { Caller } from "./caller.ts";

const anonymous: Caller = { kind: "anonymous" };
const invalid: Caller = { kind: "invalid-credential", because: "Invalid Token" };
const openMode: Caller = { kind: "open-mode" };
const operator = (...roles: OperatorRole[]): Caller => ({ kind: "operator", operatorId: "o", roles });

const statusFor = (operation: (typeof operations)[number], caller: Caller) => {
  const decided = authorise(operation, caller);
  return decided.kind === "allowed" ? "allowed" : decided.status;
};
const allowedTo = (caller: Caller) =>
  operations.filter((each) => statusFor(each, caller) === "allowed").map(({ name }) => name);

/** Everything that needs no credential. A new one must be added here by somebody who means it. */
const publicOperations = ["health.proxy", "health.live", "health.ready", "keys.list", "openapi.get"];

describe("the management API is closed", () => {
  it.each([anonymous, invalid])("to $kind, but for what is public", (caller) => {
    expect(allowedTo(caller).sort()).toEqual([...publicOperations].sort());
    const others = operations.filter(({ name }) => !publicOperations.includes(name));
    expect(new Set(others.map((each) => statusFor(each, caller)))).toEqual(new Set([401]));
  });

  it("to an operator without a role, but for what every token may", () => {
    expect(allowedTo(operator())).toEqual(
      operations.filter(({ access }) => access.kind !== "guarded").map(({ name }) => name),
    );
  });

  it("to nobody in open mode, nor to an administrator", () => {
    const all = operations.map(({ name }) => name);
    expect(allowedTo(openMode)).toEqual(all);
    expect(allowedTo(operator("admin"))).toEqual(all);
  });
});

describe("a viewer", () => {
  it("may read everything but the modules' environment, which holds passwords, and write nothing", () => {
    const reads = operations.filter(({ name, writes }) => !writes && !name.startsWith("env."));
    expect(allowedTo(operator("viewer"))).toEqual(reads.map(({ name }) => name));
  });

  it("writes nothing, even where the table should say so by mistake", () => {
    const access = { kind: "guarded", permission: "p", roles: ["viewer"], self: null } as const;
    expect(authorise({ access, writes: true }, operator("viewer"))).toMatchObject({
      kind: "refused",
      status: 403,
    });
  });
});

describe("roles", () => {
  it.each([
    ["deployer", "discovery.modules.register", "tenants.create"],
    ["deployer", "modules.import", "tenants.install.start"],
    ["tenant-admin", "tenants.install.start", "modules.import"],
    ["tenant-admin", "tenants.modules.enable", "discovery.modules.register"],
    ["tenant-admin", "plans.explain", "operators.create"],
  ] as const)("%s: %s yes, %s no", (role, yes, no) => {
    expect(allowedTo(operator(role))).toContain(yes);
    expect(allowedTo(operator(role))).not.toContain(no);
  });

  it("add up: several allow what one of them allows", () => {
    for (const one of operatorRoles) {
      for (const other of operatorRoles) {
        const either = new Set([...allowedTo(operator(one)), ...allowedTo(operator(other))]);
        expect(new Set(allowedTo(operator(one, other)))).toEqual(either);
      }
    }
  });

  it("are named, with the permission, to an operator who lacks them", () => {
    const [operation] = operations.filter(({ name }) => name === "tenants.create");
    const decided = operation === undefined ? null : authorise(operation, operator("viewer"));
    expect(decided).toMatchObject({
      because: expect.stringMatching(/Operator o .*admin.*okapi\.proxy\.tenants\.post/),
    });
  });
});

describe("a token of a tenant", () => {
  type Tenant = Extract<Caller, { kind: "tenant-token" }>;
  const nobody: Tenant = {
    kind: "tenant-token",
    tenantId: "diku",
    userId: "u",
    moduleId: null,
    provides: [],
    permissions: new Set(),
    isSystem: false,
    isAnonymous: false,
  };
  const everything = new Set(
    operations.flatMap(({ access }) => (access.kind === "public" ? [] : access.permission)),
  );
  const namesFor = (caller: Tenant, tenantId: string) =>
    operations
      .filter((each) => authorise(each, caller, { tenantId }).kind === "allowed")
      .map(({ name }) => name);
  const forEveryToken = operations
    .filter(({ access }) => access.kind === "public" || access.kind === "any-token")
    .map(({ name }) => name);
  const ofTenants = operations.filter(({ access }) => access.kind === "guarded" && access.self !== null);

  it("with all permissions of the platform may on another tenant's path what every token may", () => {
    expect(namesFor({ ...nobody, permissions: everything }, "north")).toEqual(forEveryToken);
    expect(namesFor({ ...nobody, isSystem: true }, "north")).toEqual(forEveryToken);
  });

  it("may on its own tenant's path only what that asks for by permissions it holds", () => {
    for (const { name, access } of ofTenants) {
      const wanted = access.kind === "guarded" ? (access.self ?? []) : [];
      expect(namesFor(nobody, "diku").includes(name)).toBe(wanted.length === 0);
      expect(namesFor({ ...nobody, permissions: new Set(wanted) }, "diku")).toContain(name);
    }
    const own = ofTenants.map(({ name }) => name);
    const allowed = namesFor({ ...nobody, isSystem: true }, "diku");
    expect(new Set(allowed)).toEqual(new Set([...forEveryToken, ...own]));
  });

  it("of nobody may what is public", () => {
    const publicNames = operations.filter(({ access }) => access.kind === "public").map(({ name }) => name);
    expect(namesFor({ ...nobody, isAnonymous: true, permissions: everything }, "diku")).toEqual(publicNames);
  });

  it("may tell of users where its module provides them, and not otherwise", () => {
    const provider = { ...nobody, moduleId: "mod-users-1.0.0" };
    expect(namesFor({ ...provider, provides: ["users"] }, "diku")).toContain("identity.invalidate");
    expect(namesFor({ ...provider, provides: ["permissions"] }, "diku")).toContain("identity.invalidate");
    expect(namesFor({ ...provider, provides: ["echo"] }, "diku")).not.toContain("identity.invalidate");
  });
});
