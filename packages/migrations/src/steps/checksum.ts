import { createHash } from "node:crypto";
import { type Statement, sql } from "@octavo/database";
import type { Check, Step } from "./step.ts";

/** SHA-256 of what a step does, white space apart. A step that somebody has under another one has been changed since.
 * A value of another kind than JSON's counts as its JSON. */
export function checksumOf(step: Step): string {
  return createHash("sha256")
    .update(JSON.stringify(contentOf(step)))
    .digest("hex");
}

function contentOf(step: Step): unknown {
  switch (step.kind) {
    case "expand":
      return [step.kind, ...step.texts.map(dense)];
    case "index":
      return [step.kind, step.index.isUnique ?? false, dense(step.index.definition)];
    case "backfill":
      return [step.kind, step.table, step.key, ...printed(step.remaining), ...printed(step.each(sql`rows`))];
    case "verify":
      return [step.kind, ...step.checks.map(checkOf)];
    case "referenceData":
      return [step.kind, step.table, step.rows];
    case "contract":
      return [step.kind, step.parts];
  }
}

function checkOf(check: Check): unknown {
  switch (check.kind) {
    case "no-rows":
      return [check.kind, ...printed(check.query)];
    case "same-count":
      return [check.kind, ...printed(check.left), ...printed(check.right)];
    case "constraint":
      return [check.kind, check.table, check.name, dense(check.definition)];
    case "not-null":
      return [check.kind, check.table, check.column];
  }
}

function printed({ text, values }: Statement): readonly unknown[] {
  return [dense(text), values];
}

/** Lines may be broken anew; inside of literals runs of white space count as one, which is good enough for a checksum. */
function dense(text: string): string {
  return text.trim().replaceAll(/\s+/gu, " ");
}
