import { header, pathOf, readText, type RunningModule, sendText, startHttpModule } from "./http-module.ts";

/** What Okapi's okapi-test-header-module does: /testb adds ",foo" to X-my-header and answers nothing else; POST
 * /_/tenantPermissions keeps what it gets, GET /permResult gives that back once. */
export function startHeaderModule(): Promise<RunningModule> {
  const permissions = new Map<string, unknown[]>();
  return startHttpModule(async (request, response) => {
    const path = pathOf(request);
    const tenant = header(request, "x-okapi-tenant") ?? "";
    const body = await readText(request);
    if (path === "/testb") {
      const before = header(request, "x-my-header");
      response.setHeader("X-my-header", before === null ? "foo" : `${before},foo`);
      response.end();
    } else if (path === "/_/tenantPermissions" && request.method === "POST") {
      permissions.set(tenant, [...(permissions.get(tenant) ?? []), JSON.parse(body)]);
      response.setHeader("X-Okapi-Trace", `POST test-header-module ${path} 200 -`);
      response.end();
    } else if (path === "/permResult" && request.method === "GET") {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify(permissions.get(tenant) ?? []));
      permissions.delete(tenant);
    } else {
      sendText(response, 404, "not found");
    }
  });
}
