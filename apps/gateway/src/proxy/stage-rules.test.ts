import { parseModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { compileRoutes, pipelineOf, type Stage } from "@octavo/routing";
import { describe, expect, it } from "vitest";
import { hasAuthFilter, stagesAfter } from "./stage-rules.ts";

interface Entry {
  readonly phase?: string;
  readonly level?: string;
  readonly type?: string;
}

/** The stages of GET /x with these filters. */
function stagesWith(...filters: readonly Entry[]): readonly Stage[] {
  const entry = { methods: ["GET"], path: "/x", permissionsRequired: [] };
  const descriptor = {
    id: "m-1.0.0",
    provides: [{ id: "m", version: "1.0", handlers: [entry] }],
    filters: filters.map((each) => ({ ...entry, ...each })),
  };
  const json = parseJson(JSON.stringify(descriptor));
  if (!json.ok) throw new Error(json.error.message);
  const module = parseModuleDescriptor(json.value);
  if (!module.ok) throw new Error(JSON.stringify(module.error));
  const stages = pipelineOf(compileRoutes([module.value]), "GET", "/x", null);
  if (!stages.ok) throw new Error(stages.error.message);
  return stages.value;
}

describe("a request is decided by an auth filter", () => {
  const cases: readonly (readonly [claim: string, filters: readonly Entry[], is: boolean])[] = [
    ["that gets headers", [{ phase: "auth", type: "headers" }], true],
    ["that gets the request", [{ phase: "auth", type: "request-response" }], true],
    ["that stands behind another", [{ level: "05" }, { phase: "auth", type: "request-only" }], true],
    ["not when there is none", [{ phase: "pre" }, { phase: "post" }], false],
    ["not by its level alone", [{ level: "10", type: "headers" }], false],
    ["not when it only listens", [{ phase: "auth", type: "request-log" }], false],
    [
      "not when its level puts it behind the handler",
      [{ phase: "auth", level: "99", type: "headers" }],
      false,
    ],
  ];
  it.each(cases)("%s", (_claim, filters, is) => {
    expect(hasAuthFilter(stagesWith(...filters))).toBe(is);
  });
});

describe("behind a stage", () => {
  const stages = stagesWith(
    { phase: "auth", type: "headers" },
    { level: "30" },
    { phase: "pre" },
    { phase: "post" },
    { level: "70" },
  );
  const [auth, , pre] = stages;
  const phases = (rest: readonly Stage[]) => rest.map(({ route }) => route.entry.phase ?? route.level);

  it("that agrees, all run", () => {
    expect(auth && phases(stagesAfter(auth, 202, stages.slice(1)))).toEqual([
      "30",
      "pre",
      "50",
      "post",
      "70",
    ]);
  });
  it("that refuses, pre and post filters run", () => {
    expect(auth && phases(stagesAfter(auth, 401, stages.slice(1)))).toEqual(["pre", "post"]);
  });
  it("of phase pre that fails, all run", () => {
    expect(pre && phases(stagesAfter(pre, 500, stages.slice(3)))).toEqual(["50", "post", "70"]);
  });
});
