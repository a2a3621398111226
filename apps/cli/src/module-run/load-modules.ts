import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type * as kit from "@octavo/module-kit";
import type { ModuleDefinition } from "@octavo/module-kit";
import { err, ok, type Result } from "@octavo/result";
import { failure, type Failure } from "../exit-codes.ts";

/** A module kit as this program uses it, whichever copy of it a module was written with. */
export type Kit = typeof kit;

/** Modules with the kit that made them: what they throw and answer is known to that copy only. */
export interface LoadedModules {
  readonly kit: Kit;
  readonly definitions: readonly ModuleDefinition[];
}

/** Imports files, or packages as the folder of the command resolves them, and takes every module that they export.
 * @returns or why there is none */
export async function loadModules(
  places: readonly string[],
  folder: string,
): Promise<Result<LoadedModules, Failure>> {
  const definitions: ModuleDefinition[] = [];
  let kitPath: string | null = null;
  for (const place of places) {
    const file = find(place, folder);
    if (file === null)
      return err(failure(1, `cannot find the module ${place}`, "a file, or an installed package"));
    const ownKit = find("@octavo/module-kit", file);
    if (ownKit === null) {
      return err(failure(1, `${place} cannot find @octavo/module-kit`, "install it where the module is"));
    }
    if (kitPath !== null && kitPath !== ownKit) {
      return err(failure(1, `${place} has a module kit of its own`, "modules of one process share one kit"));
    }
    kitPath = ownKit;
    const exported = await definitionsIn(file, place);
    if (!exported.ok) return exported;
    definitions.push(...exported.value);
  }
  if (kitPath === null) return err(failure(2, "no module is named"));
  const kit = (await import(pathToFileURL(kitPath).href)) as Kit; // as: it is what the name resolved to
  return ok({ kit, definitions });
}

async function definitionsIn(
  file: string,
  place: string,
): Promise<Result<readonly ModuleDefinition[], Failure>> {
  let exported: object;
  try {
    exported = (await import(pathToFileURL(file).href)) as object; // as: a module's namespace
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return err(failure(1, `${place} cannot be loaded: ${why}`));
  }
  const found = Object.values(exported).filter(isDefinition);
  if (found.length > 0) return ok([...new Set(found)]);
  return err(failure(1, `${place} exports no module`, "export what defineModule gives"));
}

/** By its shape: it may come from another copy of the kit than the one that this program knows. */
function isDefinition(value: unknown): value is ModuleDefinition {
  return (
    typeof value === "object" &&
    value !== null &&
    "id" in value &&
    typeof value.id === "string" &&
    "interfaces" in value &&
    Array.isArray(value.interfaces) &&
    "parts" in value &&
    Array.isArray(value.parts)
  );
}

/** @param from a file or folder; a path begins there, and a package is looked for as its imports are */
function find(place: string, from: string): string | null {
  const require = createRequire(join(from, "octavo"));
  const isPath = /^[./\\]|\.[cm]?[jt]s$/u.test(place);
  try {
    return require.resolve(isPath ? resolve(from, place) : place);
  } catch {
    return null;
  }
}
