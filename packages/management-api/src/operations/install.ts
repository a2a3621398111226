import { Type } from "typebox";
import { anyOperator, operators } from "../access.ts";
import { emptyAnswer, jsonAnswer } from "../answers.ts";
import { defineOperation, mebibyte, requiredBody } from "../define-operation.ts";
import { notAvailable } from "../implied-errors.ts";
import { installOptions } from "../query-parameters.ts";
import { InstallJob } from "../schemas/install-job.ts";
import { TenantModuleDescriptorList } from "../schemas/tenant-module-descriptor.ts";

const planAnswers = [
  jsonAnswer(200, TenantModuleDescriptorList, "What was done, or with simulate=true what would be done"),
  jsonAnswer(201, TenantModuleDescriptorList, "What will be done, with async=true; Location names the job"),
];

export const installOperations = [
  defineOperation({
    name: "tenants.install.start",
    method: "POST",
    path: "/_/proxy/tenants/{tenantId}/install",
    access: operators("okapi.proxy.tenants.install.post", "tenant-admin"),
    summary: "Enable and disable modules of a tenant, with what they need",
    query: installOptions,
    body: requiredBody(TenantModuleDescriptorList, mebibyte),
    answers: planAnswers,
    errors: {
      400: "There is no such plan, or a module refuses",
      404: "No such tenant",
      409: "The tenant has a job under way; the text says whose, and since when",
      501: notAvailable.description,
    },
  }),
  defineOperation({
    name: "tenants.install.list",
    method: "GET",
    path: "/_/proxy/tenants/{tenantId}/install",
    access: anyOperator("okapi.proxy.tenants.install.list"),
    summary: "List the jobs of a tenant",
    answers: [jsonAnswer(200, Type.Array(InstallJob), "The jobs")],
    errors: { 404: "No such tenant" },
  }),
  defineOperation({
    name: "tenants.install.deleteAll",
    method: "DELETE",
    path: "/_/proxy/tenants/{tenantId}/install",
    access: operators("okapi.proxy.tenants.install.delete", "tenant-admin"),
    summary: "Forget the completed jobs of a tenant",
    answers: [emptyAnswer("They are forgotten")],
    errors: { 404: "No such tenant" },
  }),
  defineOperation({
    name: "tenants.install.get",
    method: "GET",
    path: "/_/proxy/tenants/{tenantId}/install/{installId}",
    access: anyOperator("okapi.proxy.tenants.install.get"),
    summary: "Get a job of a tenant",
    answers: [jsonAnswer(200, InstallJob, "The job as it stands")],
    errors: { 404: "No such tenant or job" },
  }),
  defineOperation({
    name: "tenants.install.delete",
    method: "DELETE",
    path: "/_/proxy/tenants/{tenantId}/install/{installId}",
    access: operators("okapi.proxy.tenants.install.delete", "tenant-admin"),
    summary: "Forget a completed job of a tenant",
    answers: [emptyAnswer("It is forgotten")],
    errors: { 400: "The job is not completed", 404: "No such tenant or job" },
  }),
  defineOperation({
    name: "tenants.upgrade.start",
    method: "POST",
    path: "/_/proxy/tenants/{tenantId}/upgrade",
    access: operators("okapi.proxy.tenants.upgrade.post", "tenant-admin"),
    summary: "Upgrade all modules of a tenant to their newest versions",
    query: installOptions,
    answers: planAnswers,
    errors: {
      400: "There is no such plan, or a module refuses",
      404: "No such tenant",
      409: "The tenant has a job under way; the text says whose, and since when",
      501: notAvailable.description,
    },
  }),
] as const;
