import { fromPlain, parseJson, printPretty } from "@octavo/json";
import type { JsonValue } from "@octavo/json";
import { describe, expect, it } from "vitest";
import errors from "../testdata/decode-errors.json" with { type: "json" };
import prettyPrints from "../testdata/pretty-prints.json" with { type: "json" };
import { equalModuleDescriptors, printModuleDescriptor } from "./descriptor-source.ts";
import type { ModuleDescriptor } from "./module-descriptor.ts";
import {
  parseEnvEntry,
  parseLaunchDescriptor,
  parseModuleDescriptor,
  parseModuleDescriptors,
  parseRoutingEntry,
} from "./parse-module-descriptor.ts";

function json(text: string): JsonValue {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

function descriptor(value: unknown): ModuleDescriptor {
  const parsed = parseModuleDescriptor(fromPlain(value));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

describe("a descriptor is refused, and the sentence says why and where", () => {
  it.each(errors)("with $claim ($okapi)", ({ descriptor, error }) => {
    expect(parseModuleDescriptor(fromPlain(descriptor))).toEqual({ ok: false, error });
  });

  it("in a list with its index", () => {
    const list = fromPlain([{ id: "mod-a-1" }, { id: "mod-b" }]);
    expect(parseModuleDescriptors(list)).toEqual({
      ok: false,
      error: "Missing semantic version for: mod-b (at [1].id)",
    });
  });

  it("where a list is wanted", () => {
    const refused = parseModuleDescriptors(fromPlain({ id: "mod-a-1" }));
    expect(refused.ok ? "" : refused.error).toMatch(/^Cannot deserialize value of type array/);
  });
});

describe("a descriptor", () => {
  it.each(prettyPrints)("prints as in Okapi ($okapi)", ({ lines }) => {
    const value = json(lines.join("\n"));
    const parsed = parseModuleDescriptor(value);
    expect(parsed.ok ? printModuleDescriptor(parsed.value) : printPretty(value)).toBe(lines.join("\n"));
  });

  it("has empty lists, nulls and defaults where nothing was said", () => {
    expect(descriptor({ id: "mod-a-1.0.0", filters: [{}] })).toEqual({
      id: "mod-a-1.0.0",
      product: "mod-a",
      version: { numbers: ["1", "0", "0"], preRelease: [], metadata: null },
      name: null,
      tags: [],
      requires: [],
      optional: [],
      provides: [],
      filters: [
        {
          methods: [],
          pathPattern: null,
          path: null,
          rewritePath: null,
          phase: null,
          level: null,
          type: "request-response",
          redirectPath: null,
          unit: null,
          delay: null,
          schedule: null,
          permissionsRequired: null,
          permissionsDesired: [],
          modulePermissions: null,
          permissionsRequiredTenant: null,
          delegateCors: false,
        },
      ],
      permissionSets: [],
      replaces: [],
      env: [],
      launchDescriptor: null,
      metadata: null,
      source: '{"id":"mod-a-1.0.0","filters":[{}]}',
    });
  });

  it("takes null for absent, and drops it where it is not the author's own", () => {
    const { source } = descriptor({
      id: "mod-a-1",
      name: null,
      provides: [{ id: "x", version: "1.0", handlers: null, interfaceType: null }],
      permissionSets: [{ permissionName: "p", description: null, extra: null }],
      metadata: { note: null },
      launchDescriptor: { exec: null, dockerArgs: { User: null, provides: [{ a: null }] } },
      uiDescriptor: null,
    });
    expect(source).toBe(
      '{"id":"mod-a-1","provides":[{"id":"x","version":"1.0"}],' +
        '"permissionSets":[{"permissionName":"p","extra":null}],"metadata":{"note":null},' +
        '"launchDescriptor":{"dockerArgs":{"User":null,"provides":[{"a":null}]}}}',
    );
  });

  it("bends scalars as Okapi does, and prints them back as they were written", () => {
    const bent = descriptor({
      id: "mod-a-1",
      name: 7,
      permissionSets: [{ permissionName: "p", visible: "true" }],
      launchDescriptor: {
        dockerPull: 0,
        waitIterations: "30",
        env: [{ name: "A", value: false, required: true }],
      },
      provides: [{ id: "x", version: "1.0", handlers: [{ methods: [], delay: 5, delegateCORS: "False" }] }],
    });
    expect(bent.name).toBe("7");
    expect(bent.permissionSets[0]?.visible).toBe(true);
    expect(bent.launchDescriptor).toMatchObject({
      dockerPull: false,
      waitIterations: 30,
      env: [{ value: "false", required: true }],
    });
    expect(bent.provides[0]?.handlers[0]).toMatchObject({ delay: "5", delegateCors: false });
    expect(bent.source).toContain('"name":7');
    expect(bent.source).toContain('"value":false');
  });

  it("keeps a number as text with all its digits", () => {
    const parsed = parseModuleDescriptor(json('{"id":"mod-a-1","name":1.10,"tags":[12345678901234567890]}'));
    expect(parsed).toMatchObject({ ok: true, value: { name: "1.10", tags: ["12345678901234567890"] } });
  });

  it("may hold everything that Okapi's beans and schemas have a name for", () => {
    const everything = {
      uiDescriptor: { npm: "a", url: "b", local: "c", args: "d" },
      id: "mod-all-1.0.0",
      name: "all",
      tags: ["a"],
      replaces: ["mod-none"],
      requires: [{ id: "r", version: "1.0 2.0", scope: ["s"], handlers: [], interfaceType: "proxy" }],
      optional: [{ id: "o", version: "1.0.1", handlers: [{ methods: ["GET"], path: "/" }] }],
      provides: [
        {
          id: "p",
          version: "1.0",
          interfaceType: "multiple",
          scope: ["s", "t"],
          permissionSets: [{ permissionName: "x" }],
          handlers: [
            {
              methods: ["*", "VERSION-CONTROL"],
              pathPattern: "/a/{id}/*",
              path: "/a",
              rewritePath: "/b",
              phase: "pre",
              level: "50",
              type: "request-response-1.0",
              redirectPath: "/c",
              unit: "millisecond",
              delay: "1",
              schedule: { cron: "*/5 * * * *", zone: "Europe/Paris" },
              permissionsRequired: [],
              permissionsDesired: ["d"],
              modulePermissions: ["m"],
              permissionsRequiredTenant: [],
              delegateCORS: true,
            },
          ],
        },
      ],
      filters: [{ methods: ["*"], pathPattern: "/*", phase: "auth", type: "headers" }],
      permissionSets: [
        {
          permissionName: "x",
          replaces: ["y"],
          displayName: "X",
          description: "x",
          subPermissions: ["z"],
          visible: false,
        },
      ],
      env: [{ name: "A", value: "b", description: "c", required: false }],
      metadata: { any: { thing: [1, null] } },
      launchDescriptor: {
        exec: "a %p",
        cmdlineStart: "b",
        cmdlineStop: "c",
        dockerImage: "d",
        dockerPull: true,
        dockerCMD: ["e"],
        dockerArgs: { HostConfig: { Memory: 1 } },
        waitIterations: 10,
        env: [{ name: "A" }],
      },
    };
    expect(descriptor(everything).source).toBe(JSON.stringify(everything));
  });

  it("gives each provided interface its own source", () => {
    const provides = [
      { version: "1.0", id: "ä" },
      { id: "b", version: "2.0", handlers: [] },
    ];
    const parsed = descriptor({ provides, id: "mod-a-1" });
    expect(parsed.provides.map(({ source }) => source)).toEqual(provides.map((each) => JSON.stringify(each)));
  });

  it("has a system interface by type or by an id with a leading underscore", () => {
    const { provides } = descriptor({
      id: "mod-a-1",
      provides: [
        { id: "_tenant", version: "2.0" },
        { id: "_x", version: "1.0", interfaceType: "proxy" },
        { id: "b", version: "1.0", interfaceType: "system" },
        { id: "c", version: "1.0" },
        { id: "d", version: "1.0", interfaceType: "multiple" },
      ],
    });
    expect(provides.map(({ type }) => type)).toEqual(["system", "system", "system", "proxy", "multiple"]);
  });

  it("has no schedule where none is written in it", () => {
    expect(parseRoutingEntry(fromPlain({ schedule: {} }))).toMatchObject({
      ok: true,
      value: { schedule: null },
    });
  });

  it("is equal to another with the same value in another order of keys, and to no other", () => {
    const a = descriptor({ id: "mod-a-1", metadata: { x: 1, y: [1, 2] } });
    expect(equalModuleDescriptors(a, descriptor({ metadata: { y: [1, 2], x: 1 }, id: "mod-a-1" }))).toBe(
      true,
    );
    expect(equalModuleDescriptors(a, descriptor({ id: "mod-a-1", metadata: { x: 1, y: [2, 1] } }))).toBe(
      false,
    );
    expect(equalModuleDescriptors(a, descriptor({ id: "mod-a-1" }))).toBe(false);
  });

  it("takes '__proto__' for a key like any other", () => {
    const text = '{"id":"mod-a-1","metadata":{"__proto__":{"polluted":true}}}';
    const parsed = parseModuleDescriptor(json(text));
    expect(parsed.ok ? parsed.value.source : parsed.error).toBe(text);
    const refused = parseModuleDescriptor(json('{"id":"mod-a-1","__proto__":{}}'));
    expect(refused).toEqual({ ok: false, error: 'Unrecognized field "__proto__" at __proto__' });
  });
});

describe("a part of a descriptor stands alone", () => {
  it("as a launch descriptor", () => {
    const parsed = parseLaunchDescriptor(fromPlain({ exec: "run %p", env: [{ name: "A" }] }));
    expect(parsed).toMatchObject({ ok: true, value: { exec: "run %p", env: [{ name: "A", value: null }] } });
    expect(parseLaunchDescriptor(fromPlain({ env: [{}] }))).toEqual({
      ok: false,
      error: "missing name (at env[0].name)",
    });
  });

  it("as an environment entry", () => {
    expect(parseEnvEntry(fromPlain({ name: "A", value: 1 }))).toEqual({
      ok: true,
      value: { name: "A", value: "1", description: null, required: null },
    });
    expect(parseEnvEntry(fromPlain({ name: "A", required: "false" }))).toMatchObject({
      value: { value: null, required: false },
    });
    expect(parseEnvEntry(fromPlain({ name: "A", required: "perhaps" }))).toMatchObject({ ok: false });
    expect(parseEnvEntry(fromPlain({ value: "1" }))).toEqual({ ok: false, error: "missing name" });
  });

  it("as a routing entry", () => {
    expect(parseRoutingEntry(fromPlain({ unit: "day", delay: "2" }))).toMatchObject({
      ok: true,
      value: { unit: "day" },
    });
    expect(parseRoutingEntry(fromPlain({ unit: "week" }))).toEqual({ ok: false, error: "week" });
  });
});
