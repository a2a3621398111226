import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { ok, type Result } from "@octavo/result";
import type { Failure } from "../exit-codes.ts";
import { recordsIn, type SampleRecord, type SampleRecords, type SampleSet } from "./sample-records.ts";

interface KindOfFolio {
  readonly name: string;
  readonly path: string;
  readonly folder: string;
  /** Folders carry the version since which their records are loaded: "users-15.4.0". */
  readonly prefix: string;
}

const KINDS_OF_FOLIO: readonly KindOfFolio[] = [
  { name: "address types", path: "/addresstypes", folder: "ref-data", prefix: "addresstypes-" },
  { name: "groups", path: "/groups", folder: "ref-data", prefix: "groups-" },
  { name: "users", path: "/users", folder: "sample-data", prefix: "users-" },
];

/** The sample users of mod-users where FOLIO's data lie beside the repository, else persons of our own; notes of our own about them.
 * @param folioData OCTAVO_FOLIO_DATA, relative to the repository's root */
export function readSamplePeople(
  repositoryRoot: string,
  cliRoot: string,
  folioData: string | undefined,
): Result<SampleSet, Failure> {
  const folio = resolve(repositoryRoot, folioData || join("..", "shared", "folio"));
  const real = join(folio, "sample-data", "mod-users");
  const own = join(cliRoot, "sample-people");
  const people = existsSync(join(real, "sample-data")) ? peopleOfFolio(real) : peopleOfOurs(own);
  if (!people.ok) return people;
  const notes = recordsIn(join(own, "notes.json"));
  if (!notes.ok) return notes;
  const users = people.value.kinds.find(({ name }) => name === "users")?.records ?? [];
  const { title, kinds } = people.value;
  const about = { name: "notes", path: "/notes", records: notesAbout(users, notes.value) };
  return ok({ title, kinds: [...kinds, about] });
}

function peopleOfOurs(folder: string): Result<SampleSet, Failure> {
  const records = recordsIn(join(folder, "users.json"));
  if (!records.ok) return records;
  return ok({
    title: "Octavo's own sample people",
    kinds: [{ name: "users", path: "/users", records: records.value }],
  });
}

function peopleOfFolio(root: string): Result<SampleSet, Failure> {
  const kinds: SampleRecords[] = [];
  for (const { name, path, folder, prefix } of KINDS_OF_FOLIO) {
    const records: SampleRecord[] = [];
    for (const file of jsonFilesBelow(join(root, folder), prefix)) {
      const read = recordsIn(file);
      if (!read.ok) return read;
      records.push(...read.value);
    }
    kinds.push({ name, path, records });
  }
  return ok({ title: "FOLIO's sample people", kinds });
}

function jsonFilesBelow(root: string, prefix: string): readonly string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => name.startsWith(prefix))
    .toSorted()
    .flatMap((name) => {
      const files = readdirSync(join(root, name)).filter((file) => file.endsWith(".json"));
      return files.toSorted().map((file) => join(root, name, file));
    });
}

/** Each is about one of the users, in turn. */
function notesAbout(users: readonly SampleRecord[], notes: readonly SampleRecord[]): readonly SampleRecord[] {
  return notes.flatMap((note, at) => {
    const user = users[at % users.length];
    return user === undefined ? [] : [{ ...note, links: [{ id: user.id, type: "user" }] }];
  });
}
