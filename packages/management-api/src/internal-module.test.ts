// oxlint-disable import/no-nodejs-modules -- a test may read what it compares with
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
// oxlint-enable import/no-nodejs-modules
import { parseModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { folioData } from "@octavo/testing/folio-data";
import { describe, expect, it } from "vitest";
import { internalModuleDescriptor } from "./internal-module.ts";
import { okapiPermissions } from "./okapi-permissions.ts";
import { operations } from "./operations.ts";

interface Descriptor {
  readonly id: string;
  readonly provides: readonly {
    readonly id: string;
    readonly version: string;
    readonly handlers: readonly Handler[];
  }[];
  readonly permissionSets: readonly {
    readonly permissionName: string;
    readonly subPermissions?: readonly string[];
  }[];
}

interface Handler {
  readonly methods: readonly string[];
  readonly pathPattern: string;
  readonly permissionsRequired: readonly string[];
  readonly permissionsRequiredTenant?: readonly string[];
  readonly type: string;
}

const ours = read(internalModuleDescriptor());
describe("the internal module", () => {
  it("is Okapi 7.2.0 and provides okapi 1.9", () => {
    expect(ours.id).toBe("okapi-7.2.0");
    expect(ours.provides.map(({ id, version }) => `${id} ${version}`)).toEqual([
      "okapi-proxy 1.9",
      "okapi 1.9",
    ]);
  });

  it("has one descriptor under one id: tenants hear of its permissions once, so another list needs another id", () => {
    const digest = createHash("sha256").update(internalModuleDescriptor()).digest("hex");
    expect(digest).toBe("d0b5949d735dd0b8226c6f4eb99352197d5334e09de56e23fbb010bd69c45b7f");
  });

  it("is a descriptor like any other", () => {
    const json = parseJson(internalModuleDescriptor());
    const parsed = json.ok ? parseModuleDescriptor(json.value) : json;
    expect(parsed).toMatchObject({ ok: true, value: { id: "okapi-7.2.0", product: "okapi" } });
    const types = parsed.ok && parsed.value.provides.map(({ type }) => type);
    expect(types).toEqual(["internal", "internal"]);
  });

  it("defines every permission that an operation of Okapi's API needs", () => {
    const defined = new Set(ours.permissionSets.map(({ permissionName }) => permissionName));
    const needed = ours.provides.flatMap(({ handlers }) => handlers).flatMap(permissionsOf);
    expect(needed.filter((name) => !defined.has(name))).toEqual([]);
  });

  it("bundles only permissions that it defines, each defined once", () => {
    const names = okapiPermissions.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(
      okapiPermissions.flatMap(({ contains }) => contains ?? []).filter((name) => !names.includes(name)),
    ).toEqual([]);
  });

  it("leaves out what is not Okapi's", () => {
    const paths = handlersOf(ours).map(({ pathPattern }) => pathPattern);
    expect(paths.filter((path) => /^\/_\/(octavo|health)\//u.test(path))).toEqual([]);
    expect(paths.length).toBe(operations.filter(({ origin }) => origin === "okapi").length);
  });
});

describeWithFolio("compared with Okapi's own descriptor, the internal module", () => {
  const theirs = read(readFileSync(`${folioData}/release-a/internal/okapi-5.3.0.json`, "utf8"));

  it("has the same routes with the same permissions, but for what Okapi declares and does not implement", () => {
    const { missing, added } = compare(handlersOf(theirs).map(lineOf), handlersOf(ours).map(lineOf));
    expect(missing).toEqual([
      `PUT /_/discovery/modules/{serviceId}/{instanceId} ["okapi.discovery.put"] tenant null internal`,
    ]);
    expect(added).toEqual([]);
  });

  it("defines the same permissions, and the one that Okapi requires without defining it", () => {
    const { missing, added } = compare(permissionNames(theirs), permissionNames(ours));
    expect(missing).toEqual([]);
    expect(added).toEqual(["okapi.proxy.tenants.modules.delete"]);
  });

  it("bundles them in the same sets, the missing one in okapi.tenantmodules", () => {
    const { missing, added } = compare(bundled(theirs), bundled(ours));
    expect(missing).toEqual([]);
    expect(added).toEqual(["okapi.tenantmodules contains okapi.proxy.tenants.modules.delete"]);
  });
});

function compare(theirs: readonly string[], ours: readonly string[]) {
  return {
    missing: theirs.filter((each) => !ours.includes(each)),
    added: ours.filter((each) => !theirs.includes(each)),
  };
}

function handlersOf({ provides }: Descriptor): readonly Handler[] {
  return provides.flatMap(({ handlers }) => handlers);
}

function lineOf(handler: Handler): string {
  const tenant = JSON.stringify(handler.permissionsRequiredTenant ?? null);
  const required = JSON.stringify(handler.permissionsRequired);
  return `${handler.methods.join()} ${handler.pathPattern} ${required} tenant ${tenant} ${handler.type}`;
}

function permissionsOf(handler: Handler): readonly string[] {
  return [...handler.permissionsRequired, ...(handler.permissionsRequiredTenant ?? [])];
}

function permissionNames({ permissionSets }: Descriptor): readonly string[] {
  return permissionSets.map(({ permissionName }) => permissionName);
}

function bundled({ permissionSets }: Descriptor): readonly string[] {
  return permissionSets.flatMap(({ permissionName, subPermissions = [] }) =>
    subPermissions.map((each) => `${permissionName} contains ${each}`),
  );
}

function read(text: string): Descriptor {
  return JSON.parse(text) as Descriptor; // as: a descriptor of ours, or the reference file, whose parts the tests compare
}
