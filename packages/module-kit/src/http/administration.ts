import type { FastifyInstance } from "fastify";
import { Registry } from "prom-client";
import { descriptorOf } from "../definition/descriptor.ts";
import type { ModuleDefinition } from "../definition/module.ts";
import { openApiOf } from "../definition/openapi.ts";
import type { HealthFact, RunningModule } from "../definition/part.ts";
import { logLevels, type ModuleLog } from "./module-log.ts";
import { badRequest } from "./refusal.ts";
import { processMetrics } from "./request-metrics.ts";
import { sendRefusal } from "./send-answer.ts";

export interface AdministrationInput {
  readonly module: ModuleDefinition;
  readonly running: RunningModule;
  readonly log: ModuleLog;
  readonly facts: () => readonly HealthFact[];
}

/** What operators, drivers and balancers ask: no tenant, no token, and no place in the descriptor, so that a gateway does not pass it on. */
export function addAdministration(
  app: FastifyInstance,
  { module, running, log, facts }: AdministrationInput,
): void {
  app.get("/admin/health", async (_request, reply) => await reply.type("text/plain").send("OK"));
  app.get("/admin/live", async () => ({ isLive: true }));
  app.get("/admin/ready", async (_request, reply) => {
    const all = facts();
    const isReady = all.every((fact) => fact.isReady);
    return await reply.code(isReady ? 200 : 503).send({ isReady, module: module.id, facts: all });
  });
  app.get("/admin/metrics", async (_request, reply) => {
    const all = Registry.merge([processMetrics(), running.metrics]);
    return await reply.type(all.contentType).send(await all.metrics());
  });
  app.get("/admin/descriptor", async () => descriptorOf(module));
  app.get("/admin/openapi", async () => openApiOf(module));
  app.get("/admin/loglevel", async () => ({ level: log.level }));
  app.put<{ Querystring: { level?: string } }>("/admin/loglevel", async (request, reply) => {
    const level = logLevels.find((each) => each === request.query.level);
    if (level === undefined) {
      return sendRefusal(reply, badRequest(`level is one of ${logLevels.join(", ")}`, "level-unknown"));
    }
    log.level = level;
    return { level };
  });
}
