import { once } from "node:events";
import { createConnection } from "node:net";
import { errorCode } from "../read-json-file.ts";
import { broken, fine, type Finding } from "./finding.ts";

const PATIENCE_MS = 3_000;
const POSTGRES_PORT = 5432;

/** Whether something listens where DATABASE_URL points. The password is neither tried nor shown. */
export async function checkDatabase(databaseUrl: string): Promise<Finding> {
  const { hostname, port } = new URL(databaseUrl);
  // An empty host is a socket in a folder of this machine, which only the server's own client library finds.
  if (hostname === "") return fine("Database", "DATABASE_URL names no host: not tried");
  const host = hostname.replaceAll(/[[\]]/gu, "");
  const where = `${host}:${port === "" ? POSTGRES_PORT : port}`;
  const refused = await tryConnection(host, port === "" ? POSTGRES_PORT : Number(port));
  if (refused === null) return fine("Database", `DATABASE_URL: ${where} can be reached`);
  return broken(
    "Database",
    `DATABASE_URL: ${where} cannot be reached: ${inWords(refused)}`,
    "start PostgreSQL there, open the way to it, or mend DATABASE_URL",
  );
}

/** null where a connection came about, else the system's code. */
async function tryConnection(host: string, port: number): Promise<string | null> {
  const socket = createConnection({ host, port });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(PATIENCE_MS) });
    return null;
  } catch (cause) {
    return cause instanceof Error && cause.name === "AbortError" ? "ETIMEDOUT" : errorCode(cause);
  } finally {
    socket.destroy();
  }
}

function inWords(code: string): string {
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: "nothing listens there",
    ENOTFOUND: "no such host",
    EAI_AGAIN: "the host cannot be looked up now",
    ETIMEDOUT: `no answer within ${PATIENCE_MS / 1000} s`,
  };
  return words[code] ?? code;
}
