import { variables as gatewayVariables, type Variable } from "@octavo/gateway/variables";
import { columns } from "./columns.ts";
import { moduleVariables } from "./module-run/variables.ts";
import { ownModuleVariables } from "./own-modules/own-module-variables.ts";

type Explained = Omit<Variable, "readBy">;

/** Those of gateways and commands. */
export const platformVariables: readonly Explained[] = [
  ...gatewayVariables.filter(({ readBy }) => readBy !== "internal"),
  { name: "NO_COLOR", default: "", help: "any value: no colour" },
].map(({ name, default: otherwise, help }) => ({ name, default: otherwise, help }));

/** What an operator may set, for `octavo help environment` and docs/environment.md. */
export const variables: readonly Explained[] = [
  ...platformVariables,
  ...moduleVariables,
  ...ownModuleVariables,
];

export function environmentHelp(): string {
  return columns(
    variables.map((each) => [
      each.name,
      each.help + (each.default === "" ? "" : `; default ${each.default}`),
    ]),
    "  ",
  );
}
