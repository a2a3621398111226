import { err, ok, type Result } from "@octavo/result";
import { failure, type Failure } from "../exit-codes.ts";
import { readJsonFile } from "../read-json-file.ts";

/** A record as its module takes it; what is in it is the module's affair. */
export type SampleRecord = Readonly<Record<string, unknown>> & { readonly id: string };

/** Records of one kind, and where they are posted. */
export interface SampleRecords {
  /** "users", for people. */
  readonly name: string;
  readonly path: string;
  readonly records: readonly SampleRecord[];
}

/** Records that belong together. */
export interface SampleSet {
  /** "FOLIO's sample people", for people. */
  readonly title: string;
  /** In the order in which they refer to each other. */
  readonly kinds: readonly SampleRecords[];
}

/** Of a file with one record or a list of them. */
export function recordsIn(file: string): Result<readonly SampleRecord[], Failure> {
  const json = readJsonFile(file);
  return json.ok ? recordsOf(json.value, file) : json;
}

export function recordsOf(value: unknown, file: string): Result<readonly SampleRecord[], Failure> {
  const records: SampleRecord[] = [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const each of list) {
    if (typeof each !== "object" || each === null || !("id" in each) || typeof each.id !== "string")
      return err(failure(1, `${file} holds a record without an id`));
    records.push({ ...each, id: each.id });
  }
  return ok(records);
}
