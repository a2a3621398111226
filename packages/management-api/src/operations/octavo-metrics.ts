import { operators } from "../access.ts";
import { textAnswer } from "../answers.ts";
import { defineOperation } from "../define-operation.ts";

export const metricsOperations = [
  defineOperation({
    name: "metrics.get",
    method: "GET",
    path: "/_/metrics",
    access: operators("octavo.metrics.get", "viewer"),
    summary: "Get what this gateway counts, as Prometheus reads it",
    answers: [textAnswer("Prometheus' text format, version 0.0.4")],
    errors: { 404: "Metrics are off (OCTAVO_METRICS)" },
  }),
] as const;
