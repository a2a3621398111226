import { Sql } from "@octavo/database";
import type { Check, Step } from "../steps/step.ts";
import { isSymbol, isWord, splitTokens } from "../text/split-statements.ts";
import { type Token, tokenise } from "../text/tokenise.ts";
import { expandRule } from "./expand-rule.ts";
import type { LintProblem } from "./lint-problem.ts";
import type { Made } from "./made.ts";
import { namesRule } from "./names-rule.ts";
import { batchRule, conditionRule, queryRule } from "./query-rule.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { TokenCursor } from "./token-cursor.ts";

const MARKER = "octavo_rows_of_batch";
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
const MAX_ID_LENGTH = 200;

/** What of a module's steps may not run beside the version before, or cannot be read: each with what to do instead. Pure: for a module's
 * own tests as for `migrate`, which refuses all of it before anything is done. */
export function lintSteps(steps: readonly Step[]): readonly LintProblem[] {
  const seen = new Set<string>();
  return steps.flatMap((step) => {
    const ownId = idProblem(step, seen);
    seen.add(step.id);
    return [...ownId, ...lintStep(step)];
  });
}

function idProblem(step: Step, seen: ReadonlySet<string>): readonly LintProblem[] {
  const isGood = step.id.trim() !== "" && step.id.length <= MAX_ID_LENGTH;
  if (!isGood) return [plain(step, `give the step an id of 1 to ${MAX_ID_LENGTH} characters`)];
  return seen.has(step.id)
    ? [plain(step, `two steps have the id "${step.id}"; the ledger could not tell them apart`)]
    : [];
}

function lintStep(step: Step): readonly LintProblem[] {
  switch (step.kind) {
    case "expand":
      return lintExpand(step.id, step.texts);
    case "index":
      return lintText(step.id, step.index.definition, (tokens) => indexRule(tokens, step.index.name));
    case "backfill":
      return [
        ...lintText(step.id, step.remaining.text, conditionRule),
        ...lintText(step.id, step.each(new Sql([MARKER], [])).text, (tokens) => batchRule(tokens, MARKER)),
      ];
    case "verify":
      return step.checks.flatMap((check) => lintCheck(step.id, check));
    case "referenceData": {
      const ids = step.rows.map(({ id }) => id);
      const bad = ids.find((id) => !UUID.test(id));
      if (bad !== undefined) return [plain(step, `"${bad}" is no id of a row; write a UUID in lower case`)];
      const twice = ids.find((id, at) => ids.indexOf(id) !== at);
      return twice === undefined ? [] : [plain(step, `two rows have the id ${twice}`)];
    }
    case "contract":
      return step.parts.length === 0
        ? [plain(step, "it takes nothing out of use; name parts: dropColumn(...)")]
        : [];
  }
}

function lintExpand(stepId: string, texts: readonly string[]): readonly LintProblem[] {
  const made: Made = { tables: new Set(), columns: new Set() };
  return texts.flatMap((text) => {
    const tokens = tokenise(text);
    if (!tokens.ok) return [unreadable(stepId, text, tokens.error)];
    const atomic = tokens.value.find(
      (token, at) => isWord(token, "begin") && isWord(tokens.value[at + 1], "atomic"),
    );
    if (atomic !== undefined)
      return [
        problem(
          stepId,
          text,
          refusal(
            atomic,
            "BEGIN ATOMIC hides where the statement ends; write the body as a text: AS $$ ... $$",
          ),
          atomic,
        ),
      ];
    return splitTokens(tokens.value).flatMap((statement) => {
      const refused = expandRule(statement, made);
      return refused === null ? [] : [problem(stepId, text, refused, statement[0])];
    });
  });
}

/** A text that is one statement, or a piece of one. */
function lintText(
  stepId: string,
  text: string,
  rule: (tokens: readonly Token[]) => Refusal | null,
): readonly LintProblem[] {
  const tokens = tokenise(text);
  if (!tokens.ok) return [unreadable(stepId, text, tokens.error)];
  const semicolon = tokens.value.find((token) => isSymbol(token, ";"));
  const refused =
    semicolon === undefined
      ? rule(tokens.value)
      : refusal(semicolon, "write one statement here, without a semicolon");
  return refused === null ? [] : [problem(stepId, text, refused, tokens.value[0])];
}

function lintCheck(stepId: string, check: Check): readonly LintProblem[] {
  switch (check.kind) {
    case "no-rows":
      return lintText(stepId, check.query.text, queryRule);
    case "same-count":
      return [check.left, check.right].flatMap(({ text }) => lintText(stepId, text, queryRule));
    case "constraint":
      return lintText(stepId, check.definition, (tokens) => {
        const isKnown =
          isWord(tokens[0], "check") || (isWord(tokens[0], "foreign") && isWord(tokens[1], "key"));
        return isKnown
          ? namesRule(tokens, "definition")
          : refusal(tokens[0], "a constraint is CHECK (...) or FOREIGN KEY (...) REFERENCES ...");
      });
    case "not-null":
      return [];
  }
}

function indexRule(tokens: readonly Token[], name: string): Refusal | null {
  const cursor = new TokenCursor(tokens);
  const at = cursor.here;
  if (cursor.name() !== name)
    return refusal(at, `the definition begins with the index's name: "${name}" ON table USING ...`);
  if (!cursor.words("on") || isWord(cursor.next, "only") || cursor.name() === null)
    return refusal(cursor.here, "behind the name comes ON table");
  return namesRule(tokens, "definition");
}

function unreadable(
  stepId: string,
  text: string,
  { at, message }: { at: number; message: string },
): LintProblem {
  return {
    stepId,
    ...placeOf(text, at),
    statement: excerpt(text, at),
    message: `it cannot be read: ${message}`,
  };
}

function problem(
  stepId: string,
  text: string,
  { at, message }: Refusal,
  first: Token | undefined,
): LintProblem {
  return { stepId, ...placeOf(text, at?.start ?? 0), statement: excerpt(text, first?.start ?? 0), message };
}

function plain(step: Step, message: string): LintProblem {
  return { stepId: step.id, line: 1, column: 1, statement: "", message };
}

function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, at).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

function excerpt(text: string, at: number): string {
  return text
    .slice(at, at + 80)
    .replaceAll(/\s+/gu, " ")
    .trim();
}
