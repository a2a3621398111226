import { createHash } from "node:crypto";
import { type Statement, sql } from "@octavo/database";
import { tokenise } from "../text/tokenise.ts";
import type { Check, Step } from "./step.ts";

/** SHA-256 of what a step does, white space and comments apart. A step that somebody has under another one has been changed since.
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

/** Lines may be broken anew, and comments may change. */
function dense(text: string): string {
  const tokens = tokenise(text);
  if (!tokens.ok) return text;
  return tokens.value.map(({ start, end }) => text.slice(start, end)).join(" ");
}
