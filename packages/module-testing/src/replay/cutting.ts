import { setTimeout as delay } from "node:timers/promises";
import type { Fleet } from "../fleet/fleet.ts";
import type { Instance } from "../fleet/instance.ts";
import type { FlowAnswer } from "../flow/flow.ts";
import type { FlowRequest, Send } from "../flow/transcript.ts";

/** An instance that is killed, or frozen, while it works at request `at`, so long after it got it. */
interface Cut {
  readonly kind: "kill" | "freeze";
  readonly at: number;
  readonly afterMs: number;
}

const PATIENCE_MS = 30_000;
const PAUSE_MS = 100;
/** A frozen instance may hold what the others wait for; then it goes on before they have done it. */
const LONGEST_FREEZE_MS = 4_000;

/** The client gives up that answer and asks again, another instance, until it has one; a frozen instance goes on after that, and ends what it had
 * begun, which nobody waits for any more. */
export function cutting(fleet: Fleet, cut: Cut, send: Send): Send {
  return async (request) => {
    if (request.at !== cut.at) return send(request);
    const chosen = new Promise<number>((resolve) => {
      fleet.gateway.onForward = ({ number }) => resolve(number);
    });
    // Whether it was cut off or had come already, the client has lost it.
    const lost = send(request);
    const instance = fleet.instance(await chosen);
    fleet.gateway.onForward = null;
    await delay(cut.afterMs);
    if (cut.kind === "freeze") return whileFrozen(fleet, instance, lost, () => again(request, send));
    await fleet.replaceKilled(instance);
    await lost;
    return again(request, send);
  };
}

async function whileFrozen(
  fleet: Fleet,
  instance: Instance,
  lost: Promise<FlowAnswer>,
  ask: () => Promise<FlowAnswer>,
): Promise<FlowAnswer> {
  instance.freeze();
  const others = fleet.gateway.targets;
  fleet.gateway.targets = others.filter((each) => each !== instance);
  try {
    const answer = ask();
    await Promise.race([answer, delay(LONGEST_FREEZE_MS)]);
    instance.thaw();
    await lost;
    return await answer;
  } finally {
    instance.thaw();
    fleet.gateway.targets = others;
  }
}

/** 409 while the same request is under way, 502 and 503 when it was cut off: a client with a key asks again. */
async function again(request: FlowRequest, send: Send): Promise<FlowAnswer> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await send(request);
    if (![409, 502, 503, 504].includes(answer.status) || performance.now() > end) return answer;
    await delay(PAUSE_MS);
  }
}
