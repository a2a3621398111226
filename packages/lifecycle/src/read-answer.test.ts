import { describe, expect, it } from "vitest";
import type { ModuleAnswer } from "./module-caller.ts";
import type { ModuleCall } from "./planned-call.ts";
import { eventOfAnswer, lookOfAnswer } from "./read-answer.ts";

const call: ModuleCall = {
  kind: "tenant",
  moduleId: "a-1.0.0",
  about: "a-1.0.0",
  method: "POST",
  path: "/_/tenant",
  body: "{}",
  job: { get: "/_/tenant/{id}", delete: "/_/tenant/{id}" },
  isRepeatable: false,
  mayFail: false,
};
const answered = (body: string, location: string | null = "/_/tenant/1"): ModuleAnswer => ({
  kind: "answered",
  location,
  body,
  instanceId: "a1",
});
const failure = (
  kind: Exclude<ModuleAnswer["kind"], "answered">,
  status: number | null = null,
): ModuleAnswer => ({
  kind,
  message: "no",
  status,
});

describe("the answer to a call", () => {
  it.each([
    ["without Location: it is done", answered("", null), { kind: "done" }],
    ["with a job", answered('{"id":"7"}'), { kind: "job-begun", instanceId: "a1", moduleJob: "7" }],
    ["refused", failure("refused", 422), { kind: "failed", message: "no", fault: "user" }],
    ["from nobody", failure("no-instance"), { kind: "failed", message: "no", fault: "user" }],
    ["not sent", failure("not-sent"), { kind: "not-sent", message: "no" }],
    ["never came", failure("unanswered"), { kind: "unanswered", message: "no" }],
  ])("%s", (_claim, answer, event) => {
    expect(eventOfAnswer(call, answer)).toEqual(event);
  });

  it.each([
    ['{"id":7}', "Missing id property in JSON response for module a-1.0.0: POST /_/tenant"],
    ["{}", "Missing id property in JSON response for module a-1.0.0: POST /_/tenant"],
    ["}", "Failed to decode:"],
    ["[]", "Failed to decode:"],
  ])("with a Location and %s is a failure of the module", (body, message) => {
    expect(eventOfAnswer(call, answered(body))).toEqual({
      kind: "failed",
      message: expect.stringContaining(message),
      fault: "internal",
    });
  });

  it("has no job where the interface has none", () => {
    expect(eventOfAnswer({ ...call, job: null }, answered('{"id":"7"}'))).toEqual({
      kind: "failed",
      message: "Unexpected Location header in response for module a-1.0.0: POST /_/tenant",
      fault: "internal",
    });
  });

  it("has no job where permissions are announced, whatever the Location", () => {
    expect(eventOfAnswer({ ...call, kind: "permissions", job: null }, answered("{}"))).toEqual({
      kind: "done",
    });
  });
});

describe("a look at a module's job", () => {
  it.each([
    ["works on", answered('{"complete":false}'), { kind: "works" }],
    ["says nothing of completeness", answered("{}"), { kind: "works" }],
    ["has ended", answered('{"complete":true}'), { kind: "job-ended", error: null }],
    [
      "has failed",
      answered('{"complete":true,"error":"full","messages":["one","two"]}'),
      { kind: "job-ended", error: "Tenant operation failed for module a-1.0.0: full\none\ntwo" },
    ],
    ["is not known any more", failure("refused", 404), { kind: "failed", message: "no", fault: "user" }],
    ["is behind something that starts", failure("refused", 503), { kind: "silent", message: "no" }],
    ["is out of reach", failure("not-sent"), { kind: "silent", message: "no" }],
    ["breaks off", failure("unanswered"), { kind: "silent", message: "no" }],
    ["has no instance now", failure("no-instance"), { kind: "silent", message: "no" }],
  ])("%s", (_claim, answer, look) => {
    expect(lookOfAnswer(call, answer)).toEqual(look);
  });

  it("that is no JSON is a failure of the module", () => {
    expect(lookOfAnswer(call, answered("<html>"))).toMatchObject({ kind: "failed", fault: "internal" });
  });
});
