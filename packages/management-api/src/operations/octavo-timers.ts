import { Type } from "typebox";
import { anyOperator, operators } from "../access.ts";
import { emptyAnswer, jsonAnswer } from "../answers.ts";
import { defineOperation } from "../define-operation.ts";
import { TimerHistory, TimerState } from "../schemas/timer-state.ts";

const mayChange = operators("octavo.timers.change", "tenant-admin");
const none = { 404: "No such tenant or timer" };

export const tenantTimerOperations = [
  defineOperation({
    name: "timers.list",
    method: "GET",
    path: "/_/octavo/tenants/{tenantId}/timers",
    access: anyOperator("octavo.timers.list"),
    summary: "List the timers of a tenant and how each stands",
    answers: [jsonAnswer(200, Type.Array(TimerState), "The timers, ordered by id")],
    errors: { 404: "No such tenant" },
  }),
  defineOperation({
    name: "timers.get",
    method: "GET",
    path: "/_/octavo/tenants/{tenantId}/timers/{timerId}",
    access: anyOperator("octavo.timers.get"),
    summary: "See a timer of a tenant with its last fires",
    answers: [jsonAnswer(200, TimerHistory, "The timer")],
    errors: none,
  }),
  defineOperation({
    name: "timers.pause",
    method: "POST",
    path: "/_/octavo/tenants/{tenantId}/timers/{timerId}/pause",
    access: mayChange,
    summary: "Let a timer rest until it is resumed; what runs goes on",
    answers: [emptyAnswer("It rests")],
    errors: none,
  }),
  defineOperation({
    name: "timers.resume",
    method: "POST",
    path: "/_/octavo/tenants/{tenantId}/timers/{timerId}/resume",
    access: mayChange,
    summary: "End the pause of a timer; its delay begins anew",
    answers: [emptyAnswer("It goes on")],
    errors: none,
  }),
  defineOperation({
    name: "timers.run",
    method: "POST",
    path: "/_/octavo/tenants/{tenantId}/timers/{timerId}/run",
    access: mayChange,
    summary: "Fire a timer once beside its regular runs, also a paused or stopped one",
    answers: [emptyAnswer("It will, within a second or when the run of now has ended")],
    errors: none,
  }),
] as const;
