import { variables as gatewayVariables, type Variable } from "@octavo/gateway/variables";
import { columns } from "./columns.ts";

/** What an operator may set, for `octavo help environment` and docs/environment.md. */
export const variables: readonly Omit<Variable, "readBy">[] = [
  ...gatewayVariables.filter(({ readBy }) => readBy !== "internal"),
  { name: "NO_COLOR", default: "", help: "any value: no colour" },
].map(({ name, default: otherwise, help }) => ({ name, default: otherwise, help }));

export function environmentHelp(): string {
  return columns(
    variables.map((each) => [
      each.name,
      each.help + (each.default === "" ? "" : `; default ${each.default}`),
    ]),
    "  ",
  );
}
