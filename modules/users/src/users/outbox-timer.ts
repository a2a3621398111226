import { route, timer, type TimerDefinition } from "@octavo/module-kit";

/** mod-users sends a consortium's events here that Kafka did not take. There are none: what gateways are told is repeated by the kit. */
export const outboxTimer: TimerDefinition = timer(
  route({
    method: "POST",
    path: "/users/outbox/process",
    summary: "Does nothing: there are no events that wait",
    answers: { 200: null },
    handle: () => ({ status: 200 }),
  }),
  { unit: "minute", delay: 30 },
);
