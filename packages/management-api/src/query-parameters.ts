import { Type } from "typebox";
import type { QueryParameter } from "./operation.ts";

/** Parameters that several operations share. Names and defaults are Okapi's. */

export function flag(name: string, byDefault: boolean, description: string): QueryParameter {
  return { name, schema: Type.Boolean({ default: byDefault }), isRequired: false, description };
}

export function text(name: string, description: string): QueryParameter {
  return { name, schema: Type.String(), isRequired: false, description };
}

function versions(name: string, what: string): QueryParameter {
  return {
    name,
    schema: Type.Enum(["true", "false", "only"], { default: "true" }),
    isRequired: false,
    description: `Whether ${what} are considered; "only" leaves everything else out`,
  };
}

export const versionFilter: readonly QueryParameter[] = [
  versions("preRelease", "pre-releases"),
  versions("npmSnapshot", "snapshots as NPM names them (a third number of five or more digits)"),
];

const interfaceList = 'comma-separated; each "interface" or "interface=version"';

export const moduleListFilter: readonly QueryParameter[] = [
  text("filter", "Only modules whose id begins with this product, or product and version"),
  {
    name: "latest",
    schema: Type.Integer(),
    isRequired: false,
    description: "Only so many versions of each product, the newest",
  },
  text("provide", `Only modules that provide one of these: ${interfaceList}`),
  text("require", `Only modules that require or can use one of these: ${interfaceList}`),
  text("scope", "With provide and require: only interfaces of this scope"),
  {
    name: "orderBy",
    schema: Type.Enum(["id"]),
    isRequired: false,
    description: "What to order by; falls by default",
  },
  {
    name: "order",
    schema: Type.Enum(["asc", "desc"]),
    isRequired: false,
    description: "Direction of orderBy; desc where it is left out",
  },
  flag("full", false, "Whole descriptors in place of the brief form"),
  flag("dot", false, "A graph for Graphviz, as text"),
  ...versionFilter,
];

const tenantParameters = text(
  "tenantParameters",
  "Passed to modules at enabling: key=value, comma-separated",
);
const invoke: QueryParameter = {
  name: "invoke",
  schema: Type.String({ default: "true" }),
  isRequired: false,
  description: "Whether modules are told: true, false, or a regular expression that their ids must match",
};
const purge = flag("purge", false, "Disabled modules remove the tenant's data");

const seconds = (name: string, byDefault: number, least: number, description: string): QueryParameter => ({
  name,
  schema: Type.Integer({ minimum: least, default: byDefault }),
  isRequired: false,
  description,
});

/** Octavo's own. */
const jobOptions: readonly QueryParameter[] = [
  {
    name: "onFailure",
    schema: Type.Enum(["stop", "undo"], { default: "stop" }),
    isRequired: false,
    description: "stop leaves what was done before; undo goes back to the modules of before",
  },
  seconds(
    "waitFor",
    0,
    0,
    "How many seconds to wait for a job that the tenant has under way; else 409 at once",
  ),
  seconds("callTimeout", 3600, 1, "How many seconds one call of a module may take, its own job included"),
  seconds("jobTimeout", 86_400, 1, "After how many seconds nothing more is begun"),
];

export const disableOptions: readonly QueryParameter[] = [invoke, purge, tenantParameters, ...jobOptions];

export const installOptions: readonly QueryParameter[] = [
  flag("simulate", false, "Only tell what would be done"),
  flag("async", false, "Answer at once with the place of a job"),
  flag("deploy", false, "Start modules that are enabled, stop those that are disabled"),
  purge,
  tenantParameters,
  invoke,
  flag("ignoreErrors", false, "Go on with the other modules when one fails"),
  flag("reinstall", false, "Enable modules again that are up to date"),
  {
    name: "parallel",
    schema: Type.Integer({ minimum: 1, default: 1 }),
    isRequired: false,
    description: "How many modules are called at once; more than 1 needs depCheck",
  },
  flag("depCheck", true, "Resolve dependencies; false takes the list as it is"),
  ...versionFilter,
  ...jobOptions,
];
