import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";

/** A semantic version as Okapi reads it: one numeric part or more, each of at most 18 digits, kept as written ("1.05"). */
export interface Version {
  readonly numbers: readonly string[];
  /** The parts after the first "-", split at "."; a "-" inside stays in its part. Empty for a release. */
  readonly preRelease: readonly string[];
  /** What follows "+", as it is. It takes part in comparisons. */
  readonly metadata: string | null;
}

const MAX_DIGITS = 18;
const NUMBERS = /^\d+(?:\.\d+)*/;

/** Reads "1", "1.2.3.4", "1.0.0-rc.1+build". Errors carry the text of Okapi's SemVer. */
export function parseVersion(text: string): Result<Version, string> {
  const head = NUMBERS.exec(text)?.[0];
  if (head === undefined) return err(`missing major version: ${text}`);
  const numbers = head.split(".");
  if (numbers.some((part) => part.length > MAX_DIGITS)) return err("at most 18 digits for numeric component");
  let rest = text.slice(head.length);
  if (rest.startsWith(".")) return err("missing version component");

  let preRelease: string[] = [];
  if (rest.startsWith("-")) {
    const plus = rest.indexOf("+");
    const end = plus === -1 ? rest.length : plus;
    preRelease = rest.slice(1, end).split(".");
    if (preRelease.includes("")) return err("missing pre-release version component");
    rest = rest.slice(end);
  }
  if (rest !== "" && !rest.startsWith("+")) return err(`invalid semver: ${text}`);
  return ok({ numbers, preRelease, metadata: rest === "" ? null : rest.slice(1) });
}

/** The text that was parsed. */
export function printVersion(version: Version): string {
  const release = version.numbers.join(".");
  const preRelease = version.preRelease.length === 0 ? "" : `-${version.preRelease.join(".")}`;
  return `${release}${preRelease}${version.metadata === null ? "" : `+${version.metadata}`}`;
}

/** Orders versions and says where they differ: ±4 in the first number, ±3 in the second, ±2 in a later one or in how many
 * there are, ±1 in pre-release or metadata, 0 when equal. "1" and "1.0" differ, "1.05" and "1.5" do not. */
export function compareVersions(a: Version, b: Version): number {
  const shared = Math.min(a.numbers.length, b.numbers.length);
  for (let index = 0; index < shared; index++) {
    const order = compareParts(a.numbers[index] ?? "", b.numbers[index] ?? "");
    if (order !== 0) return order * gradeAt(index);
  }
  if (a.numbers.length !== b.numbers.length)
    return Math.sign(a.numbers.length - b.numbers.length) * gradeAt(shared);
  return comparePreReleases(a.preRelease, b.preRelease) || compareMetadata(a.metadata, b.metadata);
}

function gradeAt(index: number): number {
  return Math.max(4 - index, 2);
}

function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length); // a release is above its pre-releases
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const order = compareParts(a[index] ?? "", b[index] ?? "");
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

function compareMetadata(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compareText(a, b);
}

const DIGITS = /^\d+$/;

/** Numbers by value, words by UTF-16 code unit, and every number below every word: so the order is transitive. */
function compareParts(a: string, b: string): number {
  if (a === b) return 0;
  const isNumberA = DIGITS.test(a);
  const isNumberB = DIGITS.test(b);
  if (isNumberA && isNumberB) return compareDigits(a, b);
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  return compareText(a, b);
}

/** By length and then by text once leading zeros are gone: exact where a double is not. */
function compareDigits(a: string, b: string): number {
  const x = a.replace(/^0+/, "");
  const y = b.replace(/^0+/, "");
  return x.length === y.length ? compareText(x, y) : Math.sign(x.length - y.length);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** True where `version` says all that `prefix` says, and perhaps more: 1.2.3 has the prefix 1.2, and 1.0.0-rc the prefix 1.0.0. */
export function versionHasPrefix(version: Version, prefix: Version): boolean {
  if (!sharedPartsAgree(version.numbers, prefix.numbers)) return false;
  if (version.numbers.length !== prefix.numbers.length) return version.numbers.length > prefix.numbers.length;
  if (!sharedPartsAgree(version.preRelease, prefix.preRelease)) return false;
  if (version.preRelease.length !== prefix.preRelease.length) {
    return version.preRelease.length > prefix.preRelease.length;
  }
  return prefix.metadata === null || version.metadata === prefix.metadata;
}

function sharedPartsAgree(a: readonly string[], b: readonly string[]): boolean {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    if (compareParts(a[index] ?? "", b[index] ?? "") !== 0) return false;
  }
  return true;
}

export function isPreRelease(version: Version): boolean {
  return version.preRelease.length > 0;
}

/** FOLIO's UI modules number their snapshots in the third part: 1.0.10000123. */
export function isNpmSnapshot(version: Version): boolean {
  return version.numbers.length === 3 && (version.numbers[2]?.length ?? 0) >= 5;
}
