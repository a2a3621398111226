import { once } from "node:events";
import { createServer } from "node:net";
import type { Answer, Readiness } from "@octavo/client";
import type { Connection } from "../connection.ts";
import { errorCode } from "../read-json-file.ts";
import { broken, fine, odd, type Finding } from "./finding.ts";

const PATIENCE_MS = 3_000;

/** Where a gateway of this environment would listen. */
export interface Listener {
  readonly host: string;
  readonly port: number;
}

/** Whether a gateway answers, and in which state; where none does, whether one could start here. */
export async function checkGateway(connection: Connection, listener: Listener): Promise<readonly Finding[]> {
  const answer = await connection.client.health.ready({ timeoutMs: PATIENCE_MS });
  const state = judgeReadiness(connection.url, answer);
  if (state !== null) return [state];
  const nobody = fine(
    "Gateway",
    `none answers at ${connection.url}; start one with: ${connection.invocation} up`,
  );
  return [nobody, judgePort(listener, await tryPort(listener))];
}

/** @returns null where nobody answers */
export function judgeReadiness(url: string, answer: Answer<Readiness>): Finding | null {
  if (answer.ok) {
    const { ready, revision = 0, database, because, workers } = answer.value;
    if (!ready)
      return broken(
        "Gateway",
        `${url} answers and is not ready: ${because ?? "it does not say why"}`,
        "see its log",
      );
    if (database === "down") {
      return broken(
        "Gateway",
        `${url} serves revision ${revision} without its database`,
        "nothing can be changed until the database is back",
      );
    }
    if (workers !== undefined && workers.ready < workers.wanted) {
      return odd(
        "Gateway",
        `${url} is ready, at revision ${revision}, with ${workers.ready} of ${workers.wanted} workers`,
        "they may be being replaced: look again, then search its log for: worker died",
      );
    }
    const served = workers === undefined ? "" : `, with ${workers.wanted} workers`;
    return fine("Gateway", `${url} is ready, at revision ${revision}${served}`);
  }
  if (answer.kind === "unreachable") return null;
  if (answer.status === 503)
    return odd(
      "Gateway",
      `${url} is not ready: ${answer.message}`,
      "it may be starting or ending: look again, then at its log",
    );
  return broken(
    "Gateway",
    `what answers at ${url} is no healthy Octavo gateway: ${answer.message}`,
    "see what listens there, or choose another port with OCTAVO_PORT",
  );
}

/** null where the port can be taken, else the system's code. */
async function tryPort({ host, port }: Listener): Promise<string | null> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
    server.close();
    await once(server, "close");
    return null;
  } catch (cause) {
    return errorCode(cause);
  }
}

export function judgePort({ host, port }: Listener, refused: string | null): Finding {
  const where = `${host}:${port}`;
  switch (refused) {
    case null:
      return fine("Port", `${where} is free`);
    case "EADDRINUSE":
      return broken("Port", `${where} is taken by another program`, "choose another with OCTAVO_PORT");
    case "EACCES":
      return broken(
        "Port",
        `this user may not listen on ${where}`,
        "ports below 1024 are kept for root: choose another with OCTAVO_PORT",
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return broken(
        "Port",
        `this machine has no address ${host}`,
        "set OCTAVO_HOST to 127.0.0.1, 0.0.0.0 or an address of this machine",
      );
    default:
      return broken(
        "Port",
        `cannot listen on ${where}: ${refused}`,
        "choose another with OCTAVO_HOST and OCTAVO_PORT",
      );
  }
}
