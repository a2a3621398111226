import { Type } from "typebox";
import { anyOperator, operators } from "../access.ts";
import { emptyAnswer, jsonAnswer, textAnswer } from "../answers.ts";
import { defineOperation, mebibyte, optionalBody, requiredBody } from "../define-operation.ts";
import { flag, moduleListFilter, versionFilter } from "../query-parameters.ts";
import { ModuleDescriptor, ModuleIdList, ModuleSummary } from "../schemas/module-descriptor.ts";

const checks = [
  flag("check", true, "Whether dependencies must be known and a known id must not change"),
  ...versionFilter,
];

function count(name: string, description: string) {
  return { name, schema: Type.Integer(), isRequired: true, description };
}

export const moduleOperations = [
  defineOperation({
    name: "modules.list",
    method: "GET",
    path: "/_/proxy/modules",
    access: anyOperator("okapi.proxy.modules.list"),
    summary: "List known modules",
    query: moduleListFilter,
    body: optionalBody(ModuleIdList, mebibyte),
    answers: [
      jsonAnswer(200, Type.Union([Type.Array(ModuleSummary), Type.Array(ModuleDescriptor)]), "The modules"),
      textAnswer("A graph of their dependencies, with dot=true"),
    ],
    errors: { 400: "A parameter or the body is not what is expected" },
  }),
  defineOperation({
    name: "modules.create",
    method: "POST",
    path: "/_/proxy/modules",
    access: operators("okapi.proxy.modules.post", "deployer"),
    summary: "Make a module known",
    query: checks,
    body: requiredBody(ModuleDescriptor, mebibyte),
    answers: [jsonAnswer(201, ModuleDescriptor, "The module is known; Location names it")],
    errors: { 400: "The descriptor is wrong, its dependencies are not met, or its id is taken" },
  }),
  defineOperation({
    name: "modules.get",
    method: "GET",
    path: "/_/proxy/modules/{moduleId}",
    access: anyOperator("okapi.proxy.modules.get"),
    summary: "Get a module descriptor",
    answers: [jsonAnswer(200, ModuleDescriptor, "The descriptor as it was sent")],
    errors: { 404: "No such module" },
  }),
  defineOperation({
    name: "modules.delete",
    method: "DELETE",
    path: "/_/proxy/modules/{moduleId}",
    access: operators("okapi.proxy.modules.delete", "deployer"),
    summary: "Forget a module",
    answers: [emptyAnswer("It is forgotten")],
    errors: { 400: "A tenant or another module needs it", 404: "No such module" },
  }),
  defineOperation({
    name: "modules.import",
    method: "POST",
    path: "/_/proxy/import/modules",
    access: operators("okapi.proxy.modules.post", "deployer"),
    summary: "Make many modules known, all or none",
    query: checks,
    body: requiredBody(
      Type.Array(ModuleDescriptor, { description: "Module descriptors, in any order" }),
      16 * mebibyte,
    ),
    answers: [emptyAnswer("All are known")],
    errors: { 400: "A descriptor is wrong, dependencies are not met, or an id is taken" },
  }),
  defineOperation({
    name: "modules.cleanup",
    method: "POST",
    path: "/_/proxy/cleanup/modules",
    access: operators("okapi.proxy.cleanup.modules", "deployer"),
    summary: "Forget snapshots that no tenant uses",
    query: [
      count("saveReleases", "Snapshots of so many newest releases are kept"),
      count("saveSnapshots", "So many newest snapshots of each older release are kept"),
      flag("removeDependencies", false, "Also forget modules that need a forgotten one"),
    ],
    answers: [emptyAnswer("They are forgotten")],
    errors: { 400: "A parameter is missing or wrong, or other modules need what would go" },
  }),
] as const;
