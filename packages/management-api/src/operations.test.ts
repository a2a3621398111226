import { describe, expect, it } from "vitest";
import { matchOperation, parameterNamesOf } from "./match-operation.ts";
import { operatorRoles } from "./operation.ts";
import { operations } from "./operations.ts";

describe("the table of operations", () => {
  it("names every operation once, resource first", () => {
    const names = operations.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z]+(\.[a-z]+)*\.[a-z][a-zA-Z]*$/u.test(name))).toEqual([]);
  });

  it("has no name that is both an operation and the group of another", () => {
    const names = operations.map(({ name }) => name);
    expect(names.filter((name) => names.some((other) => other.startsWith(`${name}.`)))).toEqual([]);
  });

  it("has every method and path once, whatever the parameters are called", () => {
    const places = operations.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/gu, "{}")}`);
    expect(new Set(places).size).toBe(places.length);
  });

  describe.each(operations.map((operation) => [operation.name, operation] as const))("%s", (_, operation) => {
    it("is found by its method and path", () => {
      const values = parameterNamesOf(operation.path).map(
        (name, index) => [name, `value ${index}/ü`] as const,
      );
      const path = values.reduce(
        (path, [name, value]) => path.replace(`{${name}}`, encodeURIComponent(value)),
        operation.path,
      );
      expect(matchOperation(operation.method, path)).toEqual({
        kind: "operation",
        operation,
        params: Object.fromEntries(values),
      });
    });

    it("writes unless it reads or plans", () => {
      expect(operation.writes).toBe(operation.method !== "GET" && operation.name !== "plans.explain");
    });

    it("has one way to succeed per status and content type, and names each status once otherwise", () => {
      const forms = operation.answers.map(({ status, contentType }) => `${status} ${contentType}`);
      expect(new Set(forms).size).toBe(forms.length);
      expect(operation.answers.some(({ status }) => status < 300)).toBe(true);
    });

    it("answers 204 exactly where there is no body", () => {
      const empty = operation.answers.filter(({ schema }) => schema === null).map(({ status }) => status);
      const noContent = operation.answers.filter(({ status }) => status === 204).map(({ status }) => status);
      expect(empty).toEqual(noContent);
    });

    it("names each parameter once", () => {
      const names = [...parameterNamesOf(operation.path), ...operation.query.map(({ name }) => name)];
      expect(new Set(names).size).toBe(names.length);
    });
  });
});

const guarded = operations.filter(({ access }) => access.kind !== "public");

describe("access", () => {
  it.each(guarded.map(({ name, access, origin }) => [name, access, origin] as const))(
    "to %s has a permission and known roles",
    (_, access, origin) => {
      const permission = access.kind === "public" ? "" : access.permission;
      expect(permission).toMatch(origin === "okapi" ? /^okapi(\.[a-z]+)+$/u : /^octavo(\.[a-z]+)+$/u);
      const roles = access.kind === "guarded" ? access.roles : [];
      expect(roles.filter((role) => !operatorRoles.includes(role))).toEqual([]);
    },
  );

  it("is for a tenant's own users only below that tenant's path", () => {
    const ownTenant = operations.filter(({ access }) => access.kind === "guarded" && access.self !== null);
    expect(ownTenant.length).toBe(8);
    expect(ownTenant.filter(({ path }) => !path.startsWith("/_/proxy/tenants/{tenantId}/"))).toEqual([]);
  });

  it("to what writes is never for viewers, tenants' users without a permission, or everybody", () => {
    const open = operations.filter(({ writes, access }) => {
      if (!writes) return false;
      return access.kind !== "guarded" || access.roles.includes("viewer") || access.self?.length === 0;
    });
    expect(open).toEqual([]);
  });

  it("to passwords in the environment and to operators is not for every operator", () => {
    const rolesOf = (name: string) => operations.find((operation) => operation.name === name)?.access;
    expect(rolesOf("env.list")).toMatchObject({ roles: ["deployer"] });
    expect(rolesOf("operators.create")).toMatchObject({ roles: [] });
  });
});
