import type { ModuleDescriptor } from "@octavo/descriptor";
import type { PlanStep } from "@octavo/resolution";
import { ok, type Result } from "@octavo/result";
import { announcerAmong, announces, permissionsCall } from "./permissions-call.ts";
import type { ModuleCall, PlannedCall } from "./planned-call.ts";
import { type StepRefusal, tenantCall } from "./tenant-call.ts";

/** Which modules are called: Okapi's `invoke`, absent, a boolean, or a pattern over whole module ids. */
export type InvokeFilter = (moduleId: string) => boolean;

export interface CallOptions {
  readonly invoke: InvokeFilter;
  readonly purge: boolean;
  readonly tenantParameters: string | null;
}

/** `enabled` are the tenant's modules at this moment, in the order of their ids. */
export interface StepWorld {
  readonly enabled: readonly ModuleDescriptor[];
  readonly moduleOf: (id: string) => ModuleDescriptor;
}

/** All that a step does, in Okapi's order: permissions are announced, `_tenant` is called, a permission module that comes
 * hears of itself and then of everybody, and only then the tenant sees the change.
 * @see Okapi: TenantManager.enableAndDisableModule */
export function callsOfStep(
  step: PlanStep,
  world: StepWorld,
  options: CallOptions,
): Result<readonly PlannedCall[], StepRefusal> {
  if (step.action === "uptodate") return ok([]);
  const { moduleOf, enabled } = world;
  const from = step.action === "disable" ? step.id : step.from;
  const to = step.action === "disable" ? null : step.id;
  const called = collect([
    () => toldBefore(from, to, world, options),
    () => ownCalls(from, to, moduleOf, options),
    () => (to === null ? ok([]) : toldOfItself(moduleOf(to), from === null ? enabled : [], options)),
  ]);
  if (!called.ok) return called;
  return ok([
    ...called.value,
    { kind: "switch", enable: to === null ? [] : [to], disable: from === null || from === to ? [] : [from] },
  ]);
}

/** What follows when all steps are done: a permission module that was upgraded hears of everybody once more. */
export function callsAfterSteps(
  steps: readonly PlanStep[],
  { enabled, moduleOf }: StepWorld,
  options: CallOptions,
): Result<readonly PlannedCall[], StepRefusal> {
  const upgraded = steps
    .filter(({ action, from }) => action === "enable" && from !== null)
    .map(({ id }) => moduleOf(id))
    .filter((module) => announces(module) && options.invoke(module.id));
  return collect(upgraded.map((module) => () => toEach(module, enabled)));
}

/** Back to the modules of before, without `_tenant`: what modules did to their data stays. The permission module of then
 * hears who has gone and who is back; that it does not listen keeps nobody from coming back. */
export function callsOfUndo(
  before: readonly string[],
  { enabled, moduleOf }: StepWorld,
  options: CallOptions,
): readonly PlannedCall[] {
  const now = enabled.map(({ id }) => id);
  const enable = before.filter((id) => !now.includes(id));
  const disable = now.filter((id) => !before.includes(id));
  const announcer = announcerAmong(before.map(moduleOf));
  const told: ModuleCall[] = [];
  if (announcer !== null && options.invoke(announcer.id)) {
    for (const id of [...disable, ...enable]) {
      const call = permissionsCall(announcer, moduleOf(id), enable.includes(id));
      if (call.ok && call.value !== null) told.push({ ...call.value, mayFail: true });
    }
  }
  return [...told, { kind: "switch", enable, disable }];
}

type Calls = Result<readonly ModuleCall[], StepRefusal>;

function toldBefore(
  from: string | null,
  to: string | null,
  { enabled, moduleOf }: StepWorld,
  options: CallOptions,
): Calls {
  const announcer = to !== null && announces(moduleOf(to)) ? null : announcerAmong(enabled);
  const about = to ?? from;
  if (announcer === null || about === null || !options.invoke(announcer.id)) return ok([]);
  return one(permissionsCall(announcer, moduleOf(about), to !== null));
}

function ownCalls(
  from: string | null,
  to: string | null,
  moduleOf: StepWorld["moduleOf"],
  { invoke, purge, tenantParameters }: CallOptions,
): Calls {
  const subject = to ?? from;
  if (subject === null || !invoke(subject)) return ok([]);
  const module = moduleOf(subject);
  const move = { tenantParameters, purge: false };
  if (to === null) return one(tenantCall(module, { ...move, from, to, purge }));
  if (!purge) return one(tenantCall(module, { ...move, from, to }));
  // A purge, whose failure is passed over, and then a module that was never there.
  const purged = tenantCall(module, { ...move, from: to, to: null, purge });
  const enabling = one(tenantCall(module, { ...move, from: null, to }));
  if (!enabling.ok || !purged.ok || purged.value === null) return enabling;
  return ok([{ ...purged.value, mayFail: true }, ...enabling.value]);
}

function toldOfItself(
  to: ModuleDescriptor,
  others: readonly ModuleDescriptor[],
  { invoke }: CallOptions,
): Calls {
  return announces(to) && invoke(to.id) ? toEach(to, [to, ...others]) : ok([]);
}

function toEach(announcer: ModuleDescriptor, modules: readonly ModuleDescriptor[]): Calls {
  return collect(modules.map((module) => () => one(permissionsCall(announcer, module, true))));
}

function one(call: Result<ModuleCall | null, StepRefusal>): Calls {
  if (!call.ok) return call;
  return ok(call.value === null ? [] : [call.value]);
}

/** The first refusal counts. */
function collect(parts: readonly (() => Calls)[]): Calls {
  const calls: ModuleCall[] = [];
  for (const part of parts) {
    const found = part();
    if (!found.ok) return found;
    calls.push(...found.value);
  }
  return ok(calls);
}
