import { describe, expect, it } from "vitest";
import { nearest } from "./nearest.ts";

const words = ["module", "tenant", "plan", "discovery", "operator", "doctor", "up", "gateway"];

describe("the nearest suggestion", () => {
  it.each([
    ["modul", "module"],
    ["modlue", "module"],
    ["teannt", "tenant"],
    ["disc", "discovery"],
    ["ups", "up"],
    ["docktor", "doctor"],
    ["gatway", "gateway"],
    ["o", "operator"],
  ])("for %s is %s", (typed, meant) => {
    expect(nearest(typed, words)).toBe(meant);
  });

  it.each(["", "xyz", "completely-else", "d"])("is none for %j", (typed) => {
    expect(nearest(typed, words)).toBeNull();
  });
});
