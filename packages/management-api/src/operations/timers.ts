import { Type } from "typebox";
import { anyOperator, operators, orSelf } from "../access.ts";
import { emptyAnswer, jsonAnswer } from "../answers.ts";
import { defineOperation, requiredBody } from "../define-operation.ts";
import { RoutingEntry } from "../schemas/routing-entry.ts";
import { TimerDescriptor } from "../schemas/timer-descriptor.ts";

const mayPatch = orSelf(
  operators("okapi.proxy.tenants.timers.patch", "tenant-admin"),
  "okapi.proxy.self.timers.patch",
);

export const timerOperations = [
  defineOperation({
    name: "tenants.timers.list",
    method: "GET",
    path: "/_/proxy/tenants/{tenantId}/timers",
    access: orSelf(anyOperator("okapi.proxy.tenants.timers.list")),
    summary: "List the timers of a tenant",
    answers: [jsonAnswer(200, Type.Array(TimerDescriptor), "The timers")],
  }),
  defineOperation({
    name: "tenants.timers.patch",
    method: "PATCH",
    path: "/_/proxy/tenants/{tenantId}/timers",
    access: mayPatch,
    summary: "Change when a timer fires; the body names it",
    body: requiredBody(TimerDescriptor),
    answers: [emptyAnswer("It is changed")],
    errors: { 400: "The entry is wrong", 404: "No such timer" },
  }),
  defineOperation({
    name: "tenants.timers.get",
    method: "GET",
    path: "/_/proxy/tenants/{tenantId}/timers/{timerId}",
    access: orSelf(anyOperator("okapi.proxy.tenants.timers.get")),
    summary: "Get a timer of a tenant",
    answers: [jsonAnswer(200, TimerDescriptor, "The timer")],
    errors: { 404: "No such timer" },
  }),
  defineOperation({
    name: "tenants.timers.patchOne",
    method: "PATCH",
    path: "/_/proxy/tenants/{tenantId}/timers/{timerId}",
    access: mayPatch,
    summary: "Change when a timer fires",
    body: requiredBody(RoutingEntry),
    answers: [emptyAnswer("It is changed; an empty entry brings back what the module declares")],
    errors: { 400: "The entry is wrong", 404: "No such timer" },
  }),
] as const;
