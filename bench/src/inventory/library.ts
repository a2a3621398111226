import { oneOf, phrase, randomOf, some, uuidOf } from "../contest/drawn.ts";
import type { ModuleClient } from "../hosting/module-client.ts";

/** A library's records as mod-inventory-storage's, made of their numbers: those of a low number refer to those of a low number. */
const SEED = "library of 2026";
const LOCATIONS = 20;

export const instanceId = (n: number): string => uuidOf(`${SEED}, instance`, n);
const holdingsId = (n: number): string => uuidOf(`${SEED}, holdings`, n);
export const locationId = (n: number): string => uuidOf(`${SEED}, location`, n % LOCATIONS);
export const barcode = (n: number): string => `3${String(1_000_003 * (n + 1)).padStart(13, "0")}`;
export const isbn = (n: number): string => `978${String((7_000_003 * (n + 1)) % 1e10).padStart(10, "0")}`;

const own = (kind: string): string => uuidOf(`${SEED}, ${kind}`, 0);
/** Of the reference data: ISBN, personal name, Library of Congress. */
const ISBN = "8261054f-be78-422d-bd51-4ed9f33c3422";
const PERSONAL = "2b94c631-fca9-4892-a730-03ee529ffe2a";
const CALL_NUMBERS = own("call number type");

/** What records refer to. */
export async function makeLibrary(client: ModuleClient): Promise<void> {
  const named = (name: string) => ({ id: own(name), name: `Bench ${name}`, code: name });
  const make = (path: string, record: object) => client.call("POST", path, JSON.stringify(record));
  await make("/location-units/institutions", named("institution"));
  await make("/location-units/campuses", { ...named("campus"), institutionId: own("institution") });
  await make("/location-units/libraries", { ...named("library"), campusId: own("campus") });
  await make("/service-points", { ...named("desk"), discoveryDisplayName: "Desk" });
  for (let n = 0; n < LOCATIONS; n += 1) {
    await make("/locations", {
      id: locationId(n),
      name: `Shelf ${n}`,
      code: `shelf-${n}`,
      institutionId: own("institution"),
      campusId: own("campus"),
      libraryId: own("library"),
      primaryServicePoint: own("desk"),
      servicePointIds: [own("desk")],
    });
  }
  await make("/instance-types", { ...named("instance type"), source: "local" });
  await make("/material-types", { id: own("material type"), name: "Bench book", source: "local" });
  await make("/loan-types", { id: own("loan type"), name: "Bench loan" });
  await make("/call-number-types", { id: CALL_NUMBERS, name: "Bench call numbers", source: "local" });
}

export function instance(n: number) {
  const random = randomOf(`${SEED}, instance`, n);
  return {
    id: instanceId(n),
    source: "MARC",
    title: `${phrase(3 + Math.floor(random() * 8), random)} : ${n}`,
    instanceTypeId: own("instance type"),
    contributors: some(3, random, () => ({
      name: `${phrase(1, random)}, ${phrase(1, random)}`,
      contributorNameTypeId: PERSONAL,
      primary: random() < 0.3,
    })),
    identifiers: [
      { value: isbn(n), identifierTypeId: ISBN },
      ...some(2, random, () => ({
        value: `(OCoLC)${Math.floor(random() * 1e9)}`,
        identifierTypeId: own("system number"),
      })),
    ],
    subjects: some(4, random, () => ({ value: `${phrase(3, random)} ${Math.floor(random() * 1e6)}` })),
    languages: [random() < 0.7 ? "eng" : "ger"],
    publication: [
      {
        publisher: phrase(3, random),
        place: phrase(1, random),
        dateOfPublication: String(1900 + Math.floor(random() * 125)),
      },
    ],
    physicalDescriptions: [`${Math.floor(random() * 900)} pages ; ${20 + Math.floor(random() * 10)} cm`],
    notes: some(2, random, () => ({ note: phrase(12, random), staffOnly: false })),
  };
}

/** How many holdings records and items there are for each instance. */
export const HOLDINGS = 1.2;
export const ITEMS = 1.5;

export function holdingsRecord(n: number) {
  const random = randomOf(`${SEED}, holdings`, n);
  const letter = (): string => oneOf(["A", "B", "D", "H", "P", "Q", "T"], random);
  return {
    id: holdingsId(n),
    instanceId: instanceId(Math.floor(n / HOLDINGS)),
    // The first locations have most.
    permanentLocationId: locationId(Math.floor(LOCATIONS * random() ** 2)),
    callNumberTypeId: CALL_NUMBERS,
    callNumber: `${letter()}${letter()}${Math.floor(random() * 9000)} .${letter()}${Math.floor(random() * 900)}`,
  };
}

export function item(n: number) {
  const random = randomOf(`${SEED}, item`, n);
  return {
    id: uuidOf(`${SEED}, item`, n),
    holdingsRecordId: holdingsId(Math.floor((n * HOLDINGS) / ITEMS)),
    barcode: barcode(n),
    status: { name: random() < 0.9 ? "Available" : "Checked out" },
    materialTypeId: own("material type"),
    permanentLoanTypeId: own("loan type"),
    copyNumber: String(1 + Math.floor(random() * 3)),
    ...(random() < 0.1 && { temporaryLocationId: locationId(Math.floor(random() * LOCATIONS)) }),
  };
}
