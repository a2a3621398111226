export type { UpstreamModule, UpstreamModuleInstance, UpstreamClock, UpstreamEvent } from "./module-pool.ts";
export type { RoutePolicy, UpstreamAnswer } from "./run-call.ts";
export type { GatewayFailure } from "./gateway-failure.ts";
export { defaultUpstreamLimits, type UpstreamLimits } from "./limits.ts";
export { DEADLINE_HEADER } from "./deadline.ts";
export { NOT_PROCESSED_HEADER } from "./decide-retry.ts";
export { Instance, type InstanceReport } from "./instance.ts";
export { createUpstreams, type Upstreams, type UpstreamsOptions } from "./upstreams.ts";
