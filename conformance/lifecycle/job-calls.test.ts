import { describe, expect, it } from "vitest";
import type { Descriptor } from "./descriptor.ts";
import type { Fact } from "./fact.ts";
import { installOptionFacts, installOptionModules } from "./facts/install-options.ts";
import { jobFacts, jobModules } from "./facts/jobs.ts";
import { permissionFacts, permissionModules } from "./facts/permissions.ts";
import { tenantInterfaceFacts, tenantInterfaceModules } from "./facts/tenant-interface.ts";
import { jobCalls, type JobOptions, type Step } from "./job-calls.ts";

// The model by which whole releases are judged, held against the facts by which single modules are.

const tables: readonly (readonly [string, readonly Descriptor[], readonly Fact[]])[] = [
  ["tenant interface", tenantInterfaceModules, tenantInterfaceFacts],
  ["permissions", permissionModules, permissionFacts],
  ["jobs", jobModules, jobFacts],
  ["install options", installOptionModules, installOptionFacts],
];

describe.each(tables)("the model of what Okapi sends: %s", (_, modules, facts) => {
  const known = new Map(modules.map((each) => [each.id, each]));
  const usable = facts.flatMap((fact) => {
    const job = jobOf(fact, known);
    return job === null
      ? []
      : [{ claim: fact.claim, ...job, calls: { ...fact, ...fact.octavo }.calls ?? [] }];
  });

  it("knows most facts", () => {
    expect(usable.length).toBeGreaterThan(5);
  });

  it.each(usable)("$claim", ({ enabled, steps, options, calls }) => {
    const modelled = jobCalls(known, new Set(enabled), steps, options);
    expect(modelled.map(({ moduleId, method, path, body }) => [moduleId, `${method} ${path}`, body])).toEqual(
      calls,
    );
  });
});

interface Job {
  readonly enabled: readonly string[];
  readonly steps: readonly Step[];
  readonly options: JobOptions;
}

/** null where the fact is of something else than an install in which nothing fails. */
function jobOf(fact: Fact, known: ReadonlyMap<string, Descriptor>): Job | null {
  const { ask, job, json, status, given = [], calls } = fact;
  const isSilent = given.every(({ path }) => path === "/install" || path === "/install?invoke=false");
  if (calls === undefined || status >= 300 || !ask.path.startsWith("/install") || !isSilent) return null;
  const fails = job?.some(({ stage }) => stage !== "done") ?? fact.script !== undefined;
  if (fails || ask.path.includes("simulate")) return null;
  const enabled = given.flatMap(({ body }) => stepsIn(body)).map(({ id }) => id);
  const steps = job ?? withFrom(stepsIn(json ?? ask.body), enabled);
  return [...enabled, ...steps.map(({ id }) => id)].every((id) => known.has(id))
    ? { enabled, steps, options: optionsOf(ask.path) }
    : null;
}

function stepsIn(list: unknown): readonly Step[] {
  return list as readonly Step[]; // as: what install is asked, or answers
}

/** What was asked as a plan says it: with the version of before. */
function withFrom(steps: readonly Step[], enabled: readonly string[]): readonly Step[] {
  const product = (id: string): string => id.replace(/-\d.*$/u, "");
  return steps.map((step) => {
    const before = enabled.find((id) => product(id) === product(step.id) && id !== step.id);
    const isMove = step.action === "enable" && step.from === undefined && before !== undefined;
    return isMove ? { ...step, from: before } : step;
  });
}

function optionsOf(path: string): JobOptions {
  const asked = new URLSearchParams(path.split("?")[1] ?? "");
  const invoke = asked.get("invoke");
  const tenantParameters = asked.get("tenantParameters");
  return {
    purge: asked.get("purge") === "true",
    reinstall: asked.get("reinstall") === "true",
    invoke: invoke === null ? true : invoke === "true" || invoke === "false" ? invoke === "true" : invoke,
    ...(tenantParameters === null ? {} : { tenantParameters }),
  };
}
