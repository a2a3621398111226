import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Library, library } from "@octavo/inventory-storage/testing/library";
import { type ModuleDefinition, parseHostConfig, startModules } from "@octavo/module-kit";
import { askAt, type ModuleAnswer, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";

/** The module before a real octavo-inventory-storage: what lies between them stands for a gateway, counts, and fails where a test says so. */
export interface InventoryOfLibrary {
  readonly ask: ModuleOfTenant["ask"];
  /** Straight at storage: what is there, and what a test needs there. */
  readonly storage: Library;
  /** "GET /item-storage/items": every call of the module since `calls` was emptied. */
  readonly calls: string[];
  /** Answers in storage's place, by method and path: how storage refuses what it would have taken. */
  readonly instead: Map<string, Pick<ModuleAnswer, "status" | "body">>;
  close(): Promise<void>;
}

export async function inventoryOfLibrary(module: ModuleDefinition): Promise<InventoryOfLibrary> {
  const storage = await library();
  const calls: string[] = [];
  const instead: InventoryOfLibrary["instead"] = new Map();
  const passOn = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [method = "", target = ""] = [message.method, message.url];
    const request = `${method} ${target.split("?")[0]}`;
    const text = (await message.toArray()).join("");
    calls.push(request);
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    const answer = instead.get(request) ?? (await storage.ask(`${method} ${target}`, body));
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(answer.body === null ? "" : JSON.stringify(answer.body));
  };
  const gateway = createServer((message, response) => {
    void passOn(message, response);
  });
  gateway.listen(0, "127.0.0.1");
  await once(gateway, "listening");
  const { port } = gateway.address() as AddressInfo; // as: it listens at a port
  const env = { OCTAVO_TRUST: "network", OCTAVO_CHECK_ANSWERS: "on", OCTAVO_URL: `http://127.0.0.1:${port}` };
  const config = parseHostConfig(env, () => "");
  if (!config.ok) throw new Error(config.error.join("; "));
  const host = await startModules([module], config.value, { write: () => undefined });
  return {
    ask: askAt(host.modules[0]?.url ?? ""),
    storage,
    calls,
    instead,
    close: async () => {
      await host.drain();
      gateway.closeAllConnections();
      gateway.close();
      await once(gateway, "close");
      await storage.close();
    },
  };
}
