import { headerOf } from "@octavo/http-wire";
import { type CallModule, staticPath, takes } from "@octavo/lifecycle";
import type { Registry } from "@octavo/registry";
import type { CallSystemInterface } from "./system-call.ts";

/** Which call of which job this is, the same whenever it is sent again: `<job>/<part>/<number>`. */
const JOB_HEADER = "X-Octavo-Job";
/** Grows whenever another instance drives a tenant's jobs: a module may refuse a call of an older one. */
const EPOCH_HEADER = "X-Octavo-Epoch";

/** Brings the calls of jobs to modules. */
export function createCallModule(
  registry: Pick<Registry, "snapshot">,
  callSystemInterface: CallSystemInterface,
): CallModule {
  return async (request) => {
    const module = registry.snapshot.modules.get(request.moduleId);
    if (module === undefined) {
      const message = `Module ${request.moduleId} is no longer known`;
      return { kind: "no-instance", message, status: null };
    }
    const provided = module.provides.find(({ id }) => id === request.interfaceId);
    const entry = provided?.handlers.find(
      (each) => takes(each, request.method) && staticPath(each) === request.pathPattern,
    );
    const answered = await callSystemInterface({
      tenantId: request.tenantId,
      module,
      entry: entry ?? null,
      method: request.method,
      path: request.path,
      body: request.body,
      actor: `job:${request.jobId}`,
      requestId: request.requestId,
      headers: [JOB_HEADER, request.key, EPOCH_HEADER, String(request.epoch)],
      instanceId: request.instanceId,
      withinMs: request.withinMs,
      signal: request.signal,
    });
    if (!answered.ok) {
      const { kind, message, status } = answered.error;
      return { kind, message, status };
    }
    const { headers, body, instanceId } = answered.value;
    return { kind: "answered", location: headerOf(headers, "location"), body, instanceId };
  };
}
