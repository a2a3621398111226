export { Fleet, type FleetOptions } from "./fleet/fleet.ts";
export type { Instance } from "./fleet/instance.ts";
export { type CallOptions, flow, type Flow, type FlowAnswer, type Steps } from "./flow/flow.ts";
export { FakeGateway, SERVED_BY } from "./gateway/fake-gateway.ts";
export { type Pick, randomly, roundRobin, seededRandom } from "./gateway/pick.ts";
export { type Finding, replay, type ReplayOptions } from "./replay/replay.ts";
