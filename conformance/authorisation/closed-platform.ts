import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { freshDatabase } from "@octavo/testing/fresh-database";
import { type SpawnedOctavo, spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { type Answer, ask } from "../gateway/http.ts";
import { type KeepAliveClient, keepAliveClient } from "./keep-alive-client.ts";
import type { RawDescriptor } from "./raw-descriptor.ts";
import { type RecordingModule, startRecordingModule } from "./recording-module.ts";

/** Gateways of one platform, each a process, on one database, closed as they are by default. One stand-in answers for every
 * module. */
export interface ClosedPlatform {
  readonly processes: readonly SpawnedOctavo[];
  /** One for each process. */
  readonly clients: readonly KeepAliveClient[];
  readonly module: RecordingModule;
  readonly operatorToken: string;
  /** A call of the first operator, at the first process. Throws where it is refused. */
  manage(method: string, path: string, body?: unknown): Promise<Answer>;
  /** A new operator's token. */
  operator(...roles: readonly string[]): Promise<string>;
  /** Makes a tenant with these modules, known, running and enabled. */
  tenant(id: string, modules: readonly RawDescriptor[]): Promise<void>;
  /** Signs as a tenant's mod-login does: a token that lasts, for a user whom nobody has to know.
   * @param at which process signs */
  tokenOf(tenantId: string, userId: string, at?: number): Promise<string>;
  /** Waits until each process knows what the first one has written. */
  everywhere(): Promise<void>;
  close(): Promise<void>;
}

export async function startClosedPlatform(
  gateways: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ClosedPlatform> {
  const database = await freshDatabase();
  const folder = temporaryFolder();
  const operatorToken = randomBytes(32).toString("hex");
  const processes: SpawnedOctavo[] = [];
  for (let number = 1; number <= gateways; number++) {
    const octavo = await spawnOctavo(["gateway"], {
      DATABASE_URL: database.url,
      OCTAVO_DATA_DIR: folder.path,
      OCTAVO_HOST: "127.0.0.1",
      OCTAVO_KEY: Buffer.alloc(32, 5).toString("base64"),
      OCTAVO_OPERATOR_TOKEN: operatorToken,
      OCTAVO_DRAIN_DELAY_MS: "0",
      OCTAVO_LOG_LEVEL: "warn",
      ...env,
    });
    await octavo.healthy();
    processes.push(octavo);
  }
  const module = await startRecordingModule();
  const clients = processes.map(({ url }) => keepAliveClient(url));
  const [first = ""] = processes.map(({ url }) => url);
  const signers = new Map<string, string>();
  const known = new Set<string>();

  const manage: ClosedPlatform["manage"] = async (method, path, body) => {
    const headers = { "X-Okapi-Token": operatorToken };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await ask(first, { method, path, headers, ...text });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  };
  const revisionAt = async (url: string): Promise<number> => {
    const { text } = await ask(url, { method: "GET", path: "/_/health/ready" });
    return (JSON.parse(text) as { revision: number }).revision; // Readiness of the API
  };
  const everywhere = async () => {
    const newest = await revisionAt(first);
    for (const { url } of processes) while ((await revisionAt(url)) < newest) await delay(5);
  };
  const signerOf = async (tenantId: string): Promise<string> => {
    const headers = { "X-Okapi-Tenant": tenantId };
    const answer = await clients[0]?.call({ method: "POST", path: "/authn/login", headers });
    const { token } = JSON.parse(answer?.text ?? "") as { token: string }; // Told, of the recording module
    return token;
  };
  return {
    processes,
    clients,
    module,
    operatorToken,
    manage,
    everywhere,
    async operator(...roles) {
      const { text } = await manage("POST", "/_/octavo/operators", { name: "one of the tests", roles });
      await everywhere();
      return (JSON.parse(text) as { token: string }).token; // OperatorWithToken of the API
    },
    async tenant(id, modules) {
      const added = modules.filter((each) => !known.has(each.id));
      for (const each of added) known.add(each.id);
      if (added.length > 0) await manage("POST", "/_/proxy/import/modules?check=false", added);
      for (const { id: srvcId } of added) {
        const place = { srvcId, instId: `${srvcId}-1`, url: module.urlOf(srvcId) };
        await manage("POST", "/_/discovery/modules", place);
      }
      await manage("POST", "/_/proxy/tenants", { id });
      const steps = modules.map((each) => ({ id: each.id, action: "enable" }));
      await manage("POST", `/_/proxy/tenants/${id}/install?invoke=false&depCheck=false`, steps);
      await everywhere();
    },
    async tokenOf(tenantId, userId, at = 0) {
      const signer = signers.get(tenantId) ?? (await signerOf(tenantId));
      signers.set(tenantId, signer);
      const answer = await clients[at]?.call({
        method: "POST",
        path: "/token",
        headers: { "X-Okapi-Tenant": tenantId, "X-Okapi-Token": signer },
        body: JSON.stringify({ payload: { sub: `name of ${userId}`, user_id: userId } }),
      });
      if (answer?.status !== 201) throw new Error(`no token: ${answer?.status} ${answer?.text}`);
      return (JSON.parse(answer.text) as { token: string }).token; // of authtoken 2.0
    },
    async close() {
      for (const client of clients) client.close();
      for (const octavo of processes) await octavo.stop();
      await module.close();
      await database.drop();
      folder.remove();
    },
  };
}
