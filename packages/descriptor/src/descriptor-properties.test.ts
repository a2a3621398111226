import { equalJson, fromPlain, parseJson, printCompact, printPretty } from "@octavo/json";
import type { JsonValue } from "@octavo/json";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalModuleDescriptors, printModuleDescriptor } from "./descriptor-source.ts";
import { anyDescriptorBody } from "./module-descriptor.arbitraries.ts";
import type { ModuleDescriptor } from "./module-descriptor.ts";
import { parseModuleDescriptor } from "./parse-module-descriptor.ts";

const RUNS = { numRuns: 500 };

function parse(json: JsonValue): ModuleDescriptor {
  const parsed = parseModuleDescriptor(json);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function json(text: string): JsonValue {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

/** What an author finds again: what was sent, without properties that were null where null says nothing. */
function expectedBack(body: Record<string, unknown>): string {
  const known = (key: string) => key !== "metadata" && key !== "dockerArgs" && key !== "extra";
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== "object" || value === null) return value;
    const kept = Object.entries(value).filter(([key, member]) => member !== null || key === "extra");
    return Object.fromEntries(
      kept.map(([key, member]) => [key, known(key) ? clean(member) : (member as unknown)]),
    );
  };
  return printCompact(fromPlain(clean(body)));
}

describe("every descriptor that is accepted", () => {
  it("prints back equal, the order of its keys kept", () => {
    fc.assert(
      fc.property(anyDescriptorBody(), (body) => {
        expect(parse(fromPlain(body)).source).toBe(expectedBack(body));
      }),
      RUNS,
    );
  });

  it("is the same again when its print is read, compact or pretty", () => {
    fc.assert(
      fc.property(anyDescriptorBody(), (body) => {
        const first = parse(fromPlain(body));
        expect(parse(json(first.source))).toEqual(first);
        expect(printModuleDescriptor(first)).toBe(printPretty(json(first.source)));
        expect(equalModuleDescriptors(first, parse(json(printModuleDescriptor(first))))).toBe(true);
      }),
      RUNS,
    );
  });

  it("gives each interface its own part of the source", () => {
    fc.assert(
      fc.property(anyDescriptorBody(), (body) => {
        const { source, provides } = parse(fromPlain(body));
        const whole = json(source);
        const parts = whole instanceof Map ? (whole.get("provides") ?? []) : [];
        expect(
          equalJson(
            provides.map((each) => json(each.source)),
            parts,
          ),
        ).toBe(true);
      }),
      RUNS,
    );
  });

  it("is refused once it says something that nobody knows", () => {
    fc.assert(
      fc.property(anyDescriptorBody(), (body) => {
        const refused = parseModuleDescriptor(fromPlain({ ...body, surprise: 1 }));
        expect(refused).toEqual({ ok: false, error: 'Unrecognized field "surprise" at surprise' });
      }),
    );
  });
});
