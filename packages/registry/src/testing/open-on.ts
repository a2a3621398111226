import { randomUUID } from "node:crypto";
import { ok, type Result } from "@octavo/result";
import type { Change } from "../change.ts";
import type { RegistryOptions } from "../open-options.ts";
import { openRegistry } from "../open-registry.ts";
import type { Committed, Registry, WriteError, WriteIntent } from "../registry.ts";
import type { RegistryEvent } from "../registry-event.ts";
import { internalModule } from "./sample-modules.ts";

export interface OpenedForTest {
  readonly registry: Registry;
  readonly events: readonly RegistryEvent[];
}

/** A registry as an instance has it, with what it logged. */
export async function openOn(url: string, options: Partial<RegistryOptions> = {}): Promise<OpenedForTest> {
  const events: RegistryEvent[] = [];
  const opened = await openRegistry(optionsFor(url, { log: (event) => events.push(event), ...options }));
  if (!opened.ok) throw new Error(opened.error.message);
  return { registry: opened.value, events };
}

export function optionsFor(url: string, options: Partial<RegistryOptions> = {}): RegistryOptions {
  return {
    connectionString: url,
    instance: { id: randomUUID(), name: null, url: "http://127.0.0.1:9130", version: "0.1.0" },
    internalModule,
    log: () => undefined,
    ...options,
  };
}

export function intentOf(action: string, idempotency: WriteIntent["idempotency"] = null): WriteIntent {
  return { actor: "open-mode", action, target: "", requestId: null, idempotency };
}

/** Writes changes that no state could refuse. */
export function put(
  registry: Registry,
  changes: readonly Change[],
  answer = "done",
): Promise<Result<Committed, WriteError>> {
  return registry.write<never>(intentOf("test.put"), () => ok({ changes, answer }));
}

export function tenantPut(id: string, name: string | null = null): Change {
  return { kind: "tenant.put", tenant: { id, name, description: null } };
}

/** Waits for something that nothing announces; fails loudly instead of for ever. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  const givesUpAt = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > givesUpAt) throw new Error(`still not after ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
