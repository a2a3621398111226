import type { ModuleRequest } from "./module-request.ts";

/** Paths that the gateway itself answers for tenants of whom no module does. */
export interface OwnRoutes {
  /** @returns null where the path is none of them */
  serve(request: ModuleRequest): Promise<void> | null;
}
