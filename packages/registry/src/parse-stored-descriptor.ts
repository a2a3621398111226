import { parseModuleDescriptor, type ModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { err, type Result } from "@octavo/result";

/** Rows are written from parsed descriptors only: one that cannot be parsed was damaged, or is a newer program's. */
export function parseStoredDescriptor(id: string, text: string): Result<ModuleDescriptor, string> {
  const json = parseJson(text);
  if (!json.ok) return err(`the stored descriptor of ${id} is not JSON: ${json.error.message}`);
  const module = parseModuleDescriptor(json.value);
  return module.ok ? module : err(`the stored descriptor of ${id} cannot be read: ${module.error}`);
}
