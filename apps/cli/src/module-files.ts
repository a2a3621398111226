import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { err, ok, type Result } from "@octavo/result";
import { failure, type Failure } from "./exit-codes.ts";
import { plainly } from "./find-credential.ts";
import { errorCode, parseJson, readText } from "./read-json-file.ts";

/** Module descriptors that were read from files, ready for one import. */
export interface ModuleFiles {
  /** In the order of reading. */
  readonly modules: readonly LocalModule[];
  /** All of them as one JSON array, each descriptor's text as it was in its file: the gateway keeps digits and key order,
   * which JSON.parse would not. */
  readonly text: string;
}

export interface LocalModule {
  readonly id: string;
  readonly descriptor: object;
  readonly file: string;
}

/** Reads files with one descriptor or an array of them, and folders of such files (not what lies below in folders). */
export function readModuleFiles(paths: readonly string[]): Result<ModuleFiles, Failure> {
  const modules: LocalModule[] = [];
  const texts: string[] = [];
  for (const path of paths) {
    const files = filesOf(path);
    if (!files.ok) return files;
    for (const file of files.value) {
      const text = readText(file);
      if (!text.ok) return err(failure(1, `cannot read ${file}: ${plainly(text.error)}`));
      const bare = text.value.replace(/^\uFEFF/u, "").trim();
      const read = descriptorsIn(bare, file);
      if (!read.ok) return read;
      if (read.value.length === 0) continue;
      modules.push(...read.value);
      texts.push(bare.startsWith("[") ? bare.slice(1, -1) : bare);
    }
  }
  if (modules.length === 0) return err(failure(1, `no module descriptor in ${paths.join(", ")}`));
  return ok({ modules, text: `[${texts.join(",\n")}]` });
}

function filesOf(path: string): Result<readonly string[], Failure> {
  try {
    if (!statSync(path).isDirectory()) return ok([path]);
    const files = readdirSync(path).filter((name) => name.endsWith(".json"));
    if (files.length === 0) return err(failure(1, `no .json file in the folder ${path}`));
    return ok(files.sort().map((name) => join(path, name)));
  } catch (cause) {
    return err(failure(1, `cannot read ${path}: ${plainly(errorCode(cause))}`));
  }
}

function descriptorsIn(text: string, file: string): Result<readonly LocalModule[], Failure> {
  const json = parseJson(text, file);
  if (!json.ok) return json;
  const modules: LocalModule[] = [];
  for (const value of Array.isArray(json.value) ? (json.value as readonly unknown[]) : [json.value]) {
    if (!isObject(value))
      return err(failure(1, `${file} holds no module descriptor, but ${describe(value)}`));
    if (!("id" in value) || typeof value.id !== "string") {
      return err(failure(1, `${file} holds no module descriptor: it has no id`));
    }
    if ("action" in value) {
      return err(
        failure(
          1,
          `${file} is a list of what to install, not of descriptors`,
          "see: octavo plan install --file",
        ),
      );
    }
    modules.push({ id: value.id, descriptor: value, file });
  }
  return ok(modules);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  return Array.isArray(value) ? "a list in a list" : value === null ? "null" : `a ${typeof value}`;
}
