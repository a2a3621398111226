import type { OperationName, Readiness } from "@octavo/management-api";
import { fromPlain } from "@octavo/json";
import { err, ok } from "@octavo/result";
import { EXPOSITION_TYPE } from "../metrics/print-families.ts";
import type { Handler } from "./platform.ts";
import { json, plainText } from "./reply.ts";

export type InstanceOperation = Extract<
  OperationName,
  "health.proxy" | "health.live" | "health.ready" | "version.get" | "octavo.version.get" | "metrics.get"
>;

/** What an instance answers about itself, without the registry's resources. */
export function instanceHandlers(readiness: () => Readiness): Readonly<Record<InstanceOperation, Handler>> {
  return {
    "health.proxy": async () => ok(json(200, [])),
    "health.live": async () => ok(plainText(200, "alive")),
    "health.ready": async () => {
      const state = readiness();
      return ok(json(state.ready ? 200 : 503, fromPlain(state)));
    },
    "version.get": async (_call, { versions }) => ok(plainText(200, versions.okapi)),
    "metrics.get": async (_call, { config, metrics }) =>
      config.metrics === "off"
        ? err({ kind: "not-found", message: "Metrics are off here: set OCTAVO_METRICS=on" })
        : ok({ status: 200, contentType: EXPOSITION_TYPE, headers: [], body: await metrics.print() }),
    "octavo.version.get": async (_call, { versions }) =>
      ok(
        json(
          200,
          fromPlain({ octavo: versions.octavo, okapi: versions.okapi, node: process.version.slice(1) }),
        ),
      ),
  };
}
