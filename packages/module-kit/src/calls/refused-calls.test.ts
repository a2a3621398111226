import { describe, expect, it } from "vitest";
import type { CallError } from "./calls.ts";
import { isAbsent, passedOn } from "./refused-calls.ts";

const refused = (status: number, text: string, headers: Record<string, string> = {}): CallError => ({
  kind: "refused",
  status,
  headers: new Headers(headers),
  text,
});

const errors = JSON.stringify({ errors: [{ message: "title is empty", code: "invalid" }] });
const away = expect.stringMatching(/^users cannot be asked at this moment: /u) as string;

describe("what a client is told of another module's answer", () => {
  it.each([
    ["the same errors, where it sent what is wrong", refused(422, errors), 422, "title is empty"],
    ["a text of the other's", refused(404, "Not found"), 404, "Not found"],
    ["that somebody else was faster", refused(409, "version conflict"), 409, "version conflict"],
    ["nothing of a failure's story", refused(500, "NullPointerException"), 503, away],
    ["no status that only the other can mean", refused(413, "too large"), 503, away],
    ["that nobody answers", { kind: "unreachable", message: "ECONNREFUSED" } as const, 503, away],
    ["that there is no time left", { kind: "timeout", message: "no answer" } as const, 503, away],
  ])("%s", (_, error, status, message) => {
    const refusal = passedOn(error, "users");
    expect({ status: refusal.status, message: refusal.errors[0]?.message }).toEqual({ status, message });
  });

  it("when to come again", () => {
    expect(passedOn(refused(429, "too many", { "retry-after": "7" }), "users").headers).toEqual({
      "retry-after": "7",
    });
  });
});

it.each([
  [refused(404, "No suitable module found for path /users for tenant north"), true],
  [refused(404, "Not found"), false],
  [refused(403, "No suitable module found for path"), false],
  [{ kind: "timeout", message: "" } as const, false],
])("nobody provides a route where the gateway says so", (error, expected) => {
  expect(isAbsent(error)).toBe(expected);
});
