import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { ok, type Result } from "@octavo/result";
import type { Failure } from "../exit-codes.ts";
import { readJsonFile } from "../read-json-file.ts";
import {
  recordsIn,
  recordsOf,
  type SampleRecord,
  type SampleRecords,
  type SampleSet,
} from "./sample-records.ts";

interface KindOfBooks {
  readonly name: string;
  readonly path: string;
  /** Below FOLIO's sample data. */
  readonly folder: string;
  /** The property of our own file. */
  readonly property: string;
}

/** In the order in which they refer to each other. */
const KINDS: readonly KindOfBooks[] = [
  {
    name: "institutions",
    path: "/location-units/institutions",
    folder: "location-units/institutions",
    property: "institutions",
  },
  {
    name: "campuses",
    path: "/location-units/campuses",
    folder: "location-units/campuses",
    property: "campuses",
  },
  {
    name: "libraries",
    path: "/location-units/libraries",
    folder: "location-units/libraries",
    property: "libraries",
  },
  { name: "locations", path: "/locations", folder: "locations", property: "locations" },
  { name: "instances", path: "/instance-storage/instances", folder: "instances", property: "instances" },
  {
    name: "holdings records",
    path: "/holdings-storage/holdings",
    folder: "holdingsrecords",
    property: "holdings",
  },
  { name: "items", path: "/item-storage/items", folder: "items", property: "items" },
  {
    name: "relationships",
    path: "/instance-storage/instance-relationships",
    folder: "instance-relationships",
    property: "relationships",
  },
  {
    name: "preceding titles",
    path: "/preceding-succeeding-titles",
    folder: "preceding-succeeding-titles",
    property: "titles",
  },
];

const OUR_BOOKS = "modules/inventory-storage/src/shipped/sample/library.json";

/** The sample instances of mod-inventory-storage with all that is about them, where FOLIO's data lie beside the repository, else the twelve old books
 * that octavo-inventory-storage ships as its sample.
 * @param folioData OCTAVO_FOLIO_DATA, relative to the repository's root */
export function readSampleBooks(
  repositoryRoot: string,
  folioData: string | undefined,
): Result<SampleSet, Failure> {
  const folio = resolve(repositoryRoot, folioData || join("..", "shared", "folio"));
  const real = join(folio, "sample-data", "mod-inventory-storage", "sample-data");
  return existsSync(real) ? booksOfFolio(real) : booksOfOurs(join(repositoryRoot, OUR_BOOKS));
}

function booksOfFolio(root: string): Result<SampleSet, Failure> {
  const kinds: SampleRecords[] = [];
  for (const { name, path, folder } of KINDS) {
    const records: SampleRecord[] = [];
    for (const file of jsonFilesIn(join(root, folder))) {
      const read = recordsIn(file);
      if (!read.ok) return read;
      records.push(...read.value);
    }
    kinds.push({ name, path, records });
  }
  return ok({ title: "FOLIO's sample books", kinds });
}

function booksOfOurs(file: string): Result<SampleSet, Failure> {
  const json = readJsonFile(file);
  if (!json.ok) return json;
  const kinds: SampleRecords[] = [];
  for (const { name, path, property } of KINDS) {
    const list: unknown = Reflect.get(Object(json.value), property) ?? [];
    const records = recordsOf(list, file);
    if (!records.ok) return records;
    kinds.push({ name, path, records: records.value });
  }
  return ok({ title: "Octavo's own sample books", kinds });
}

function jsonFilesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.toSorted().map((file) => join(folder, file));
}
