import type { ModuleDescriptor } from "@octavo/descriptor";
import { ok, type Result } from "@octavo/result";
import type { ClientBase } from "pg";
import { Breather } from "./breather.ts";
import { rememberDigest } from "./descriptor-digest.ts";
import { parseStoredDescriptor } from "./parse-stored-descriptor.ts";

/** A request that comes while many descriptors are read waits for one slice at most. */
const sliceMs = 8;
const rowsAtOnce = 100;

export interface ModuleKey {
  readonly id: string;
  readonly digest: string;
}

export async function readModuleKeys(client: ClientBase): Promise<readonly ModuleKey[]> {
  const { rows } = await client.query<ModuleKey>("select id, digest from octavo.module order by id");
  return rows;
}

/** The descriptors of these ids as far as there are rows, parsed in slices. */
export async function readModules(
  client: ClientBase,
  ids: readonly string[],
): Promise<Result<readonly ModuleDescriptor[], string>> {
  const breather = new Breather(sliceMs);
  const modules: ModuleDescriptor[] = [];
  for (let at = 0; at < ids.length; at += rowsAtOnce) {
    const { rows } = await client.query<ModuleKey & { descriptor: string }>(
      "select id, digest, descriptor from octavo.module where id = any($1)",
      [ids.slice(at, at + rowsAtOnce)],
    );
    for (const row of rows) {
      const module = parseStoredDescriptor(row.id, row.descriptor);
      if (!module.ok) return module;
      rememberDigest(module.value, row.digest);
      modules.push(module.value);
      if (breather.isDue) await breather.rest();
    }
  }
  return ok(modules);
}
