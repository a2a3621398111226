import type { ModuleDescriptor, ProvidedInterface, RoutingEntry } from "@octavo/descriptor";
import type { PlanStep } from "@octavo/resolution";
import { err, ok, type Result } from "@octavo/result";

/** A call that a step makes before the tenant sees the module: data first, then traffic. */
export interface SystemCall {
  readonly kind: "tenant" | "permissions";
  /** Who is called. */
  readonly moduleId: string;
  /** The module of the step that asks for it. */
  readonly because: string;
  readonly method: "POST" | "DELETE";
}

/** Which of a plan's modules are called: Okapi's `invoke`, absent, a boolean, or a pattern over whole module ids. */
export type InvokeFilter = (moduleId: string) => boolean;

/** Says which system calls Okapi would make for these steps, in order, without making any.
 * `moduleOf` finds every module of the plan; `enabled` is the tenant's list before the first step.
 * @returns Okapi's sentence where a module speaks a _tenant or _tenantPermissions version that nobody knows */
export function systemCallsOf(
  steps: readonly PlanStep[],
  enabled: readonly ModuleDescriptor[],
  moduleOf: (id: string) => ModuleDescriptor,
  options: { readonly invoke: InvokeFilter; readonly purge: boolean },
): Result<readonly SystemCall[], string> {
  const calls: SystemCall[] = [];
  const present = new Map(enabled.map((module) => [module.id, module]));
  for (const step of steps) {
    if (step.action === "uptodate") continue;
    const from =
      step.action === "disable" ? moduleOf(step.id) : step.from === null ? null : moduleOf(step.from);
    const to = step.action === "disable" ? null : moduleOf(step.id);
    const found = callsOfStep({ from, to }, [...present.values()], options);
    if (!found.ok) return found;
    calls.push(...found.value);
    if (from !== null) present.delete(from.id);
    if (to !== null) present.set(to.id, to);
  }
  return ok(calls);
}

interface Move {
  readonly from: ModuleDescriptor | null;
  readonly to: ModuleDescriptor | null;
}

function callsOfStep(
  move: Move,
  present: readonly ModuleDescriptor[],
  options: { readonly invoke: InvokeFilter; readonly purge: boolean },
): Result<readonly SystemCall[], string> {
  const subject = move.to ?? move.from;
  if (subject === null) return ok([]);
  const calls: SystemCall[] = [];
  const announcer =
    move.to !== null && permissionsInterface(move.to) !== null ? null : present.find(announces);
  if (announcer && options.invoke(announcer.id)) {
    const announced = permissionsCall(announcer, subject, move.to !== null);
    if (!announced.ok) return announced;
    calls.push(...announced.value);
  }
  if (options.invoke(subject.id)) {
    const called = tenantCalls(subject, move, options.purge);
    if (!called.ok) return called;
    calls.push(...called.value);
    if (move.to !== null && announces(move.to)) {
      // The permission module itself: its own permissions, and everybody's when it is there for the first time.
      const told = move.from === null ? [move.to, ...present] : [move.to];
      for (const module of told) {
        const announced = permissionsCall(move.to, module, true);
        if (!announced.ok) return announced;
        calls.push(...announced.value);
      }
    }
  }
  return ok(calls);
}

function tenantCalls(
  subject: ModuleDescriptor,
  move: Move,
  purge: boolean,
): Result<readonly SystemCall[], string> {
  const tenant = systemInterface(subject, "_tenant");
  if (tenant === null) return ok([]);
  const isPurge = purge && move.to === null;
  const call = (method: "POST" | "DELETE"): Result<readonly SystemCall[], string> =>
    ok([{ kind: "tenant", moduleId: subject.id, because: subject.id, method }]);
  switch (tenant.version) {
    case "1.0":
      if (isPurge) return has(tenant, "DELETE") ? call("DELETE") : ok([]);
      // Old descriptors name no handler at all; Okapi then calls /_/tenant all the same.
      return move.to === null ? ok([]) : call("POST");
    case "1.1":
    case "1.2":
      if (isPurge) return has(tenant, "DELETE") ? call("DELETE") : ok([]);
      return tenant.handlers.some(
        (entry) => accepts(entry, "POST") && isDisablePath(entry) === (move.to === null),
      )
        ? call("POST")
        : ok([]);
    case "2.0":
      return has(tenant, "POST") ? call("POST") : ok([]);
    default:
      return err(`Unsupported interface _tenant: ${tenant.version}`);
  }
}

function permissionsCall(
  announcer: ModuleDescriptor,
  about: ModuleDescriptor,
  isEnabled: boolean,
): Result<readonly SystemCall[], string> {
  const version = permissionsInterface(announcer)?.version ?? "";
  if (!["1.0", "1.1", "2.0", "2.1"].includes(version)) {
    return err(`Unknown version of _tenantPermissions interface in use ${version}.`);
  }
  if (!isEnabled && version.startsWith("1.")) return ok([]);
  return ok([{ kind: "permissions", moduleId: announcer.id, because: about.id, method: "POST" }]);
}

function announces(module: ModuleDescriptor): boolean {
  return permissionsInterface(module) !== null;
}

function permissionsInterface(module: ModuleDescriptor): ProvidedInterface | null {
  return systemInterface(module, "_tenantPermissions");
}

function systemInterface(module: ModuleDescriptor, id: string): ProvidedInterface | null {
  return module.provides.find((provided) => provided.id === id) ?? null;
}

function has(provided: ProvidedInterface, method: string): boolean {
  return provided.handlers.some((entry) => accepts(entry, method));
}

function accepts(entry: RoutingEntry, method: string): boolean {
  return entry.methods.includes(method) || entry.methods.includes("*");
}

function isDisablePath(entry: RoutingEntry): boolean {
  return (entry.pathPattern ?? entry.path) === "/_/tenant/disable";
}
