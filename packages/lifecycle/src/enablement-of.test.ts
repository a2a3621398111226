import type { PlanStep } from "@octavo/resolution";
import { describe, expect, it } from "vitest";
import { enablementOf } from "./enablement-of.ts";

const reason = { kind: "asked-for" } as const;
const enable = (id: string, from: string | null = null): PlanStep => ({ action: "enable", id, from, reason });
const disable = (id: string): PlanStep => ({ action: "disable", id, from: null, reason });

const cases: readonly (readonly [string, readonly PlanStep[], readonly string[], readonly string[]])[] = [
  ["nothing", [], [], []],
  ["what is up to date", [{ action: "uptodate", id: "a-1", from: null, reason }], [], []],
  ["a new module", [enable("a-1")], ["a-1"], []],
  ["an upgrade", [enable("a-2", "a-1")], ["a-2"], ["a-1"]],
  ["a reinstall", [enable("a-1", "a-1")], ["a-1"], []],
  ["a module that goes", [disable("a-1")], [], ["a-1"]],
  ["another product in its place", [disable("a-1"), enable("b-1")], ["b-1"], ["a-1"]],
  ["a module that goes and comes back", [disable("a-1"), enable("a-1")], ["a-1"], []],
  ["a module that comes and goes", [enable("a-1"), disable("a-1")], [], ["a-1"]],
];

describe("what a plan changes in a tenant's list", () => {
  it.each(cases)("%s", (_name, steps, enabled, disabled) => {
    expect(enablementOf(steps)).toEqual({ enable: enabled, disable: disabled });
  });
});
