import { Type } from "typebox";
import { anyOperator, operators, orSelf } from "../access.ts";
import { emptyAnswer, jsonAnswer, textAnswer } from "../answers.ts";
import { defineOperation, requiredBody } from "../define-operation.ts";
import { notAvailable } from "../implied-errors.ts";
import { disableOptions, installOptions, moduleListFilter } from "../query-parameters.ts";
import { ModuleDescriptor, ModuleSummary } from "../schemas/module-descriptor.ts";
import { TenantModuleDescriptor } from "../schemas/tenant-module-descriptor.ts";

export const tenantModuleOperations = [
  defineOperation({
    name: "tenants.modules.list",
    method: "GET",
    path: "/_/proxy/tenants/{tenantId}/modules",
    access: orSelf(anyOperator("okapi.proxy.tenants.modules.list")),
    summary: "List the modules of a tenant",
    query: moduleListFilter,
    answers: [
      jsonAnswer(
        200,
        Type.Union([Type.Array(ModuleSummary), Type.Array(ModuleDescriptor)]),
        "The enabled modules",
      ),
      textAnswer("A graph of their dependencies, with dot=true"),
    ],
    errors: { 400: "A parameter is wrong", 404: "No such tenant" },
  }),
  defineOperation({
    name: "tenants.modules.enable",
    method: "POST",
    path: "/_/proxy/tenants/{tenantId}/modules",
    access: operators("okapi.proxy.tenants.modules.post", "tenant-admin"),
    summary: "Enable a module for a tenant",
    query: installOptions,
    body: requiredBody(TenantModuleDescriptor),
    answers: [jsonAnswer(201, TenantModuleDescriptor, "It is enabled; Location names it")],
    errors: {
      400: "It is enabled already, or its dependencies are not met",
      404: "No such tenant or module",
      409: "The tenant has a job under way; the text says whose, and since when",
      501: notAvailable.description,
    },
  }),
  defineOperation({
    name: "tenants.modules.disableAll",
    method: "DELETE",
    path: "/_/proxy/tenants/{tenantId}/modules",
    access: operators("okapi.proxy.tenants.modules.delete", "tenant-admin"),
    summary: "Disable all modules of a tenant",
    query: disableOptions,
    answers: [emptyAnswer("All are disabled")],
    errors: {
      400: "A parameter is wrong, or a module refuses",
      404: "No such tenant",
      409: "The tenant has a job under way; the text says whose, and since when",
      501: notAvailable.description,
    },
  }),
  defineOperation({
    name: "tenants.modules.get",
    method: "GET",
    path: "/_/proxy/tenants/{tenantId}/modules/{moduleId}",
    access: orSelf(anyOperator("okapi.proxy.tenants.modules.enabled.get")),
    summary: "Look whether a module is enabled for a tenant",
    answers: [jsonAnswer(200, TenantModuleDescriptor, "It is enabled")],
    errors: { 404: "No such tenant, or the module is not enabled" },
  }),
  defineOperation({
    name: "tenants.modules.replace",
    method: "POST",
    path: "/_/proxy/tenants/{tenantId}/modules/{moduleId}",
    access: operators("okapi.proxy.tenants.modules.enabled.post", "tenant-admin"),
    summary: "Replace a module of a tenant by another",
    query: installOptions,
    body: requiredBody(TenantModuleDescriptor),
    answers: [jsonAnswer(201, TenantModuleDescriptor, "It is replaced; Location names the new one")],
    errors: {
      400: "Dependencies are not met",
      404: "No such tenant or module",
      409: "The tenant has a job under way; the text says whose, and since when",
      501: notAvailable.description,
    },
  }),
  defineOperation({
    name: "tenants.modules.disable",
    method: "DELETE",
    path: "/_/proxy/tenants/{tenantId}/modules/{moduleId}",
    access: operators("okapi.proxy.tenants.modules.enabled.delete", "tenant-admin"),
    summary: "Disable a module of a tenant",
    query: disableOptions,
    answers: [emptyAnswer("It is disabled")],
    errors: {
      400: "Other modules need it",
      404: "No such tenant, or the module is not enabled",
      409: "The tenant has a job under way; the text says whose, and since when",
      501: notAvailable.description,
    },
  }),
] as const;
