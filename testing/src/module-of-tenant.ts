import { type ModuleDefinition, type ModuleHost, parseHostConfig, startModules } from "@octavo/module-kit";
import { vi } from "vitest";
import { moduleDatabases } from "./module-databases.ts";

/** A module that runs on a database of its own, enabled for the tenant "north". */
export interface ModuleOfTenant {
  /** @param request "GET /tags?limit=1"
   * @param body sent as JSON; bytes as they are */
  ask(request: string, body?: unknown, as?: Asking): Promise<ModuleAnswer>;
  /** Another instance on the same database, until `close`. */
  another(module: ModuleDefinition): Promise<ModuleOfTenant["ask"]>;
  close(): Promise<void>;
}

/** Who asks, as a gateway says it. */
export interface Asking {
  /** `askingUserId` unless told; null: nobody is signed in. */
  readonly userId?: string | null;
  /** Of the route's `permissionsDesired`. */
  readonly permissions?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ModuleAnswer {
  readonly status: number;
  readonly location: string;
  readonly headers: Headers;
  /** Null where there is none; a text where it is not JSON. */
  readonly body: unknown;
}

export const askingUserId = "4f1c0d3e-5b1a-4000-8000-00000000000a";

/** Each answer is compared with what its route declares; one that differs is a 500. */
export async function moduleOfTenant(
  module: ModuleDefinition,
  parameters: Readonly<Record<string, string>> = { loadReference: "true" },
  env: Readonly<Record<string, string>> = {},
): Promise<ModuleOfTenant> {
  const made = await moduleDatabases({ modules: [], tenants: [] });
  const config = parseHostConfig(
    {
      OCTAVO_TRUST: "network",
      OCTAVO_CHECK_ANSWERS: "on",
      OCTAVO_DB_URL: made.url,
      OCTAVO_DB_ADMIN_URL: made.adminUrl,
      ...env,
    },
    () => "",
  );
  if (!config.ok) throw new Error(config.error.join("; "));
  const hosts: ModuleHost[] = [];
  const start = async (each: ModuleDefinition): Promise<ModuleOfTenant["ask"]> => {
    const host = await startModules([each], config.value, { write: () => undefined });
    hosts.push(host);
    const asked = askAt(host.modules[0]?.url ?? "");
    await vi.waitUntil(async () => (await asked("GET /admin/ready")).status === 200, { timeout: 25_000 });
    return asked;
  };
  const ask = await start(module);
  const enabled = await ask("POST /_/tenant", {
    module_to: module.id,
    parameters: Object.entries(parameters).map(([key, value]) => ({ key, value })),
  });
  const { body } = await ask(`GET ${enabled.location}?wait=25000`);
  const { complete, error } = body as { readonly complete: boolean; readonly error?: string };
  if (!complete || error !== undefined) throw new Error(error ?? "the tenant job goes on");
  return {
    ask,
    another: start,
    close: async () => {
      await Promise.all(hosts.map((host) => host.drain()));
      await made.close();
    },
  };
}

/** Asks a module that runs at `url`, as a gateway would, for the tenant "north". */
export function askAt(url: string): ModuleOfTenant["ask"] {
  return async (request, body, { userId = askingUserId, permissions = [], headers = {} } = {}) => {
    const [method = "", path = ""] = request.split(/ (.*)/u);
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        "x-okapi-tenant": "north",
        ...(userId !== null && { "x-okapi-user-id": userId }),
        "x-okapi-permissions": JSON.stringify(permissions),
        ...(body !== undefined && {
          "content-type": body instanceof Uint8Array ? "application/octet-stream" : "application/json",
        }),
        ...headers,
      },
      redirect: "manual",
      ...(body !== undefined && {
        // as: fetch takes the bytes of any buffer
        body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      location: answer.headers.get("location") ?? "",
      headers: answer.headers,
      body: text === "" ? null : jsonOrText(text),
    };
  };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
