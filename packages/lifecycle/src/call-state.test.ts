import { describe, expect, it } from "vitest";
import { afterEvent, type CallEvent, newCall } from "./call-state.ts";
import type { ModuleCall } from "./planned-call.ts";

const planned: ModuleCall = {
  kind: "tenant",
  moduleId: "a-1.0.0",
  about: "a-1.0.0",
  method: "POST",
  path: "/_/tenant",
  body: "",
  job: null,
  isRepeatable: true,
  mayFail: false,
};

describe("the time of a call", () => {
  const first: CallEvent = { kind: "intended", at: 5 };
  const again: CallEvent = { kind: "intended", at: 9 };

  it.each<[string, readonly CallEvent[], number | null]>([
    ["has not begun before its first intent", [], null],
    ["begins with its first intent", [first], 5],
    ["goes on where nothing could be sent", [first, { kind: "not-sent", message: "" }, again], 5],
    ["goes on where it is sent again", [first, { kind: "unanswered", message: "" }, again], 5],
    ["goes on at another driver", [first, { kind: "taken-over" }, again], 5],
  ])("%s", (_name, events, begunAt) => {
    const call = events.reduce((before, event) => afterEvent(before, event, 1), newCall(planned));
    expect(call.begunAt).toBe(begunAt);
  });

  it("begins anew where a human wants it again", () => {
    const once = newCall({ ...planned, isRepeatable: false });
    const waiting = [first, { kind: "unanswered", message: "" } as const].reduce(
      (before, event) => afterEvent(before, event, 1),
      once,
    );
    expect(waiting).toMatchObject({ state: "indeterminate", begunAt: 5 });
    expect(afterEvent(waiting, { kind: "retry", by: "somebody" }, 1).begunAt).toBeNull();
  });
});
