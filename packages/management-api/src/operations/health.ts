import { Type } from "typebox";
import { everybody } from "../access.ts";
import { jsonAnswer, textAnswer } from "../answers.ts";
import { defineOperation } from "../define-operation.ts";
import { HealthStatus } from "../schemas/health-descriptor.ts";
import { Readiness } from "../schemas/readiness.ts";

export const healthOperations = [
  defineOperation({
    name: "health.proxy",
    method: "GET",
    path: "/_/proxy/health",
    access: everybody,
    summary: "Look whether the gateway answers",
    answers: [jsonAnswer(200, Type.Array(HealthStatus), "It answers; the list is empty")],
  }),
  defineOperation({
    name: "health.live",
    method: "GET",
    path: "/_/health/live",
    access: everybody,
    summary: "Look whether the process is alive; never asks the database",
    answers: [textAnswer("It is alive")],
  }),
  defineOperation({
    name: "health.ready",
    method: "GET",
    path: "/_/health/ready",
    access: everybody,
    summary: "Look whether this instance takes requests",
    answers: [
      jsonAnswer(200, Readiness, "It takes requests"),
      jsonAnswer(503, Readiness, "It is starting or draining"),
    ],
  }),
] as const;
