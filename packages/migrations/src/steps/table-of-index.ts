import { assert } from "@octavo/result";
import { tokenise } from "../text/tokenise.ts";
import type { IndexDefinition } from "./step.ts";

/** `name ON table ...`, as lint has seen it. */
export function tableOfIndex({ definition }: IndexDefinition): string {
  const tokens = tokenise(definition);
  const table = tokens.ok ? tokens.value[2]?.value : undefined;
  assert(table !== undefined, "lint has read the definition before it runs");
  return table;
}
