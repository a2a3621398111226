import { Type } from "typebox";
import { anyOperator, operators } from "../access.ts";
import { emptyAnswer, jsonAnswer } from "../answers.ts";
import { defineOperation, requiredBody } from "../define-operation.ts";
import { TenantDescriptor } from "../schemas/tenant-descriptor.ts";

export const tenantOperations = [
  defineOperation({
    name: "tenants.list",
    method: "GET",
    path: "/_/proxy/tenants",
    access: anyOperator("okapi.proxy.tenants.list"),
    summary: "List tenants",
    answers: [jsonAnswer(200, Type.Array(TenantDescriptor), "The tenants, ordered by id")],
  }),
  defineOperation({
    name: "tenants.create",
    method: "POST",
    path: "/_/proxy/tenants",
    access: operators("okapi.proxy.tenants.post"),
    summary: "Create a tenant",
    body: requiredBody(TenantDescriptor),
    answers: [jsonAnswer(201, TenantDescriptor, "The tenant exists; Location names it")],
    errors: { 400: "The id is not allowed or taken" },
  }),
  defineOperation({
    name: "tenants.get",
    method: "GET",
    path: "/_/proxy/tenants/{tenantId}",
    access: anyOperator("okapi.proxy.tenants.get"),
    summary: "Get a tenant",
    answers: [jsonAnswer(200, TenantDescriptor, "The tenant")],
    errors: { 404: "No such tenant" },
  }),
  defineOperation({
    name: "tenants.replace",
    method: "PUT",
    path: "/_/proxy/tenants/{tenantId}",
    access: operators("okapi.proxy.tenants.put"),
    summary: "Change a tenant's name and description, or create it",
    body: requiredBody(TenantDescriptor),
    answers: [jsonAnswer(200, TenantDescriptor, "The tenant as it is now")],
    errors: { 400: "The ids in path and body differ" },
  }),
  defineOperation({
    name: "tenants.delete",
    method: "DELETE",
    path: "/_/proxy/tenants/{tenantId}",
    access: operators("okapi.proxy.tenants.delete"),
    summary: "Delete a tenant",
    answers: [emptyAnswer("It is gone")],
    errors: { 400: "This tenant cannot be deleted", 404: "No such tenant" },
  }),
] as const;
