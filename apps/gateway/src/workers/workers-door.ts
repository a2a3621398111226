import { createServer, type Server } from "node:net";
import type { Serve } from "@octavo/http-wire";
import type { Registry } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import type { GatewayConfig } from "../config.ts";
import { drainDelay, type FrontDoor } from "../front-door.ts";
import { cannotListen } from "../listen-failure.ts";
import type { Prepared } from "../start-serving.ts";
import { answerQuestion } from "./answer-question.ts";
import { openParentDoor } from "./parent-door.ts";
import { StateFeed, toldNow } from "./state-feed.ts";
import type { WorkerPool, WorkerSupply } from "./worker-pool.ts";

/** A door whose connections are served by worker processes. This process accepts them and hands them over, so that workers
 * come and go while no connection meets a closed socket. It is open before the first worker is ready: who comes then waits.
 * @param serve what the workers let this process answer
 * @see docs/decisions/0018-workers.md */
export async function openWorkersDoor(
  prepared: Prepared,
  port: number,
  serve: Serve,
  registry: Registry,
  pool: WorkerPool,
): Promise<Result<FrontDoor, string>> {
  const { config } = prepared;
  const parentDoor = await openParentDoor(serve, prepared);
  if (!parentDoor.ok) return parentDoor;
  const { path } = parentDoor.value;
  // Nobody but the worker that gets it reads from it.
  const server = createServer({ pauseOnConnect: true }, (connection) => {
    connection.on("error", () => undefined); // the client has gone before a worker had it
    pool.give(connection);
  });
  const opened = await open(server, config, port);
  const started = opened.ok ? await pool.start(supplyOf(prepared, path, registry)) : opened;
  if (!started.ok) {
    server.close();
    await parentDoor.value.close();
    return started;
  }
  return ok({
    close: async (hurry) => {
      pool.tellAll({ kind: "startDraining" });
      await drainDelay(config, hurry);
      server.close();
      const cut = await pool.end({ keepsIdle: false, graceMs: config.drainGraceMs }, hurry);
      await parentDoor.value.close();
      return cut;
    },
  });
}

function supplyOf(
  { config, octavoKey, instance, rows }: Prepared,
  parentPath: string,
  registry: Registry,
): WorkerSupply {
  // Nothing of it is a worker's business.
  const shown = { ...config, databaseUrl: null, operatorToken: null, key: null };
  return {
    answer: (question) => answerQuestion(question, registry, rows),
    feed: (worker) => {
      const told = toldNow(registry);
      worker.tell({ kind: "begin", config: shown, octavoKey, instance, parentPath, told });
      const feed = new StateFeed(registry, (message) => worker.tell(message));
      return () => feed.close();
    },
  };
}

function open(server: Server, config: GatewayConfig, port: number): Promise<Result<void, string>> {
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      resolve(err(cannotListen(config, port, { code: error.code ?? "UNKNOWN", message: error.message })));
    });
    server.listen({ host: config.host, port }, () => resolve(ok(undefined)));
  });
}
