import type { Fleet } from "../fleet/fleet.ts";
import type { Send } from "../flow/transcript.ts";
import { SERVED_BY } from "../gateway/fake-gateway.ts";

/** Kills and replaces the instance that has answered request `at`, before the flow sees the answer. */
export function killingAfter(fleet: Fleet, at: number, send: Send): Send {
  let isKilled = false;
  return async (request) => {
    const answer = await send(request);
    if (request.at !== at || isKilled) return answer;
    isKilled = true;
    await fleet.replaceKilled(fleet.instance(Number(answer.headers[SERVED_BY])));
    return answer;
  };
}
