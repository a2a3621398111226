import type { WantedModule } from "@octavo/client";
import { err, ok, type Result } from "@octavo/result";
import { failure, type Failure } from "./exit-codes.ts";
import { readJsonFile } from "./read-json-file.ts";

/** Reads what a release is published as: `[{"id": "mod-users-19.4.1", "action": "enable"}, ...]`. */
export function readInstallFile(path: string): Result<readonly WantedModule[], Failure> {
  const json = readJsonFile(path);
  if (!json.ok) return json;
  if (!Array.isArray(json.value)) return err(failure(1, `${path} is not a list of modules to install`));
  const wanted: WantedModule[] = [];
  for (const [index, entry] of (json.value as readonly unknown[]).entries()) {
    const module = wantedModule(entry);
    if (module === null) {
      return err(
        failure(1, `${path}: entry ${index + 1} is not {"id": ..., "action": "enable" or "disable"}`),
      );
    }
    wanted.push(module);
  }
  return ok(wanted);
}

function wantedModule(entry: unknown): WantedModule | null {
  if (typeof entry !== "object" || entry === null || !("id" in entry) || typeof entry.id !== "string")
    return null;
  const action = "action" in entry ? entry.action : "enable";
  return action === "enable" || action === "disable" ? { id: entry.id, action } : null;
}
