import { Type } from "typebox";
import { anyOperator, orSelf } from "../access.ts";
import { jsonAnswer } from "../answers.ts";
import { defineOperation } from "../define-operation.ts";
import { flag, text } from "../query-parameters.ts";
import { InterfaceDescriptor } from "../schemas/module-descriptor.ts";
import { TenantModuleDescriptor } from "../schemas/tenant-module-descriptor.ts";

const type = text("type", "Only interfaces of this type");

export const interfaceOperations = [
  defineOperation({
    name: "tenants.interfaces.list",
    method: "GET",
    path: "/_/proxy/tenants/{tenantId}/interfaces",
    access: orSelf(anyOperator("okapi.proxy.tenants.interfaces.list")),
    summary: "List the interfaces that a tenant's modules provide",
    query: [flag("full", false, "Whole interfaces in place of id and version"), type],
    answers: [jsonAnswer(200, Type.Array(InterfaceDescriptor), "The interfaces")],
    errors: { 400: "A parameter is wrong", 404: "No such tenant" },
  }),
  defineOperation({
    name: "tenants.interfaces.get",
    method: "GET",
    path: "/_/proxy/tenants/{tenantId}/interfaces/{interfaceId}",
    access: orSelf(anyOperator("okapi.proxy.tenants.interfaces.get")),
    summary: "List a tenant's modules that provide an interface",
    query: [type],
    answers: [jsonAnswer(200, Type.Array(TenantModuleDescriptor), "The modules; none is an empty list")],
    errors: { 404: "No such tenant" },
  }),
] as const;
