import type { FakeGateway, Target } from "../gateway/fake-gateway.ts";

const ENABLE_MS = 120_000;

/** Does what a gateway does when a tenant gets the modules of an instance: the tenant API 2.0, where a module has it.
 * @throws Error with the job's error */
export async function enableTenant(
  gateway: FakeGateway,
  { modules }: Target,
  tenantId: string,
): Promise<void> {
  const headers = { "x-okapi-tenant": tenantId, "x-okapi-token": gateway.tokens.tokenFor(tenantId, null) };
  await Promise.all(modules.map((module) => enableModule(module, headers)));
}

async function enableModule(
  { url, descriptor }: Target["modules"][number],
  headers: Record<string, string>,
): Promise<void> {
  const hasTenantApi = descriptor.provides?.some(({ handlers = [] }) =>
    handlers.some(({ pathPattern }) => pathPattern === "/_/tenant"),
  );
  if (hasTenantApi !== true) return;
  const posted = await fetch(`${url}/_/tenant`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ module_to: descriptor.id }),
  });
  const job = await jobOf(posted, `enabling ${descriptor.id}`);
  await whenComplete(`${url}/_/tenant/${job.id}?wait=5000`, headers);
}

interface TenantJob {
  readonly id: string;
  readonly complete: boolean;
  readonly error?: string;
}

async function whenComplete(url: string, headers: Record<string, string>): Promise<void> {
  const end = performance.now() + ENABLE_MS;
  while (performance.now() < end) {
    const job = await jobOf(await fetch(url, { headers }), url);
    if (job.error !== undefined) throw new Error(`${url}: ${job.error}`);
    if (job.complete) return;
  }
  throw new Error(`${url} did not end`);
}

async function jobOf(answer: Response, what: string): Promise<TenantJob> {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${text}`);
  return JSON.parse(text) as TenantJob; // of the tenant API
}
