import { randomUUID } from "node:crypto";
import type { Answer, Client } from "@octavo/client";
import { ok } from "@octavo/result";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";
import { noSuchTimer, timerOperands } from "../timer-operands.ts";

interface OneTimer {
  readonly tenantId: string;
  readonly timerId: string;
  readonly idempotencyKey: string;
}

/** A command that does one thing with one timer. */
function changing(
  verb: "pause" | "resume" | "run",
  summary: string,
  says: string,
  done: string,
  send: (timers: Client["timers"], timer: OneTimer) => Promise<Answer<undefined>>,
) {
  return command({
    path: `timer ${verb}`,
    summary,
    examples: [
      { line: `timer ${verb} demo mod-circulation-storage_0`, says },
      { line: `timer ${verb} demo mod-circulation-storage_0 --dry-run`, says: "how it stands, and no more" },
    ],
    operands: timerOperands,
    options: { "dry-run": { kind: "flag", help: "only say how it stands" }, ...connectionOptions },
    exits: { 0: "done", 1: "there is no such tenant or timer", ...connectionExits },
    run: async ({ operands: { tenant, timer: timerId }, options, json }, context) => {
      const opened = connect(options, context);
      if (!opened.ok) return opened;
      const { timers } = opened.value.client;
      const missing = noSuchTimer(tenant, timerId, context.invocation);
      const { terminal } = context;
      if (options["dry-run"]) {
        const found = accept(await timers.get({ tenantId: tenant, timerId }), opened.value, missing);
        if (!found.ok) return found;
        const { state, cadence } = found.value.value;
        terminal.print(
          json ? found.value.text : `${timerId} is ${state}, fires ${cadence}. Nothing was changed.`,
        );
        return ok(undefined);
      }
      const timer = { tenantId: tenant, timerId, idempotencyKey: randomUUID() };
      const changed = accept(await send(timers, timer), opened.value, missing);
      if (!changed.ok) return changed;
      terminal.print(json ? JSON.stringify({ tenant, timer: timerId, done: verb }) : `${timerId} ${done}.`);
      return ok(undefined);
    },
  });
}

export const timerPause = changing(
  "pause",
  "lets a timer rest until it is resumed",
  "what runs goes on; it fires no more until: octavo timer resume",
  "rests",
  (timers, timer) => timers.pause(timer),
);

export const timerResume = changing(
  "resume",
  "ends the pause of a timer",
  "its delay begins anew",
  "goes on",
  (timers, timer) => timers.resume(timer),
);

export const timerRun = changing(
  "run",
  "fires a timer once, beside its regular runs",
  "also a paused one; see what came of it with: octavo timer show",
  "will run within a second",
  (timers, timer) => timers.run(timer),
);
