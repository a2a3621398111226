import { headerOf } from "@octavo/http-wire";
import { describe, expect, it } from "vitest";
import { answerOf, formFor, refusalAnswer } from "./answer.ts";
import type { Refusal } from "./handler.ts";

describe("a reply", () => {
  it("of 200 without a body becomes 204, as Okapi's", () => {
    expect(answerOf({ status: 200, contentType: "application/json", headers: [], body: "" })).toEqual({
      status: 204,
      headers: [],
      body: "",
      stream: null,
    });
  });

  it("keeps its status, headers and body otherwise", () => {
    expect(
      answerOf({ status: 201, contentType: "application/json", headers: ["Location", "/a"], body: "{}" }),
    ).toEqual({
      status: 201,
      headers: ["Content-Type", "application/json", "Location", "/a"],
      body: "{}",
      stream: null,
    });
  });
});

describe("a refusal", () => {
  it.each([
    ["user", 400],
    ["not-found", 404],
    ["forbidden", 403],
    ["unauthorized", 401],
    ["conflict", 409],
    ["too-large", 413],
    ["internal", 500],
    ["not-implemented", 501],
    ["unavailable", 503],
  ] as const)("%s is %i: the bare sentence, or a problem with a stable type", (kind, status) => {
    const text = refusalAnswer({ kind, message: "a sentence" }, "text", "1/a");
    expect(text).toMatchObject({ status, body: "a sentence" });
    expect(headerOf(text.headers, "content-type")).toBe("text/plain");

    const problem = refusalAnswer({ kind, message: "a sentence" }, "problem", "1/a");
    expect(problem.status).toBe(status);
    expect(headerOf(problem.headers, "content-type")).toBe("application/problem+json");
    expect(JSON.parse(problem.body)).toMatchObject({
      type: `urn:octavo:problem:${kind}`,
      status,
      detail: "a sentence",
      instance: "1/a",
    });
  });

  it.each([
    ["unavailable", { retryAfterSeconds: 7 }, "retry-after", "7"],
    ["unavailable", {}, "retry-after", "1"],
    ["unauthorized", {}, "www-authenticate", 'Bearer realm="octavo"'],
  ] as const)("%s with %j has %s: %s", (kind, more, name, value) => {
    const refusal: Refusal = { kind, message: "", ...more };
    expect(headerOf(refusalAnswer(refusal, "text", "1/a").headers, name)).toBe(value);
  });
});

describe("the form of a refusal", () => {
  it.each([
    [null, "text"],
    ["*/*", "text"],
    ["application/json", "text"],
    ["text/plain, application/problem+json;q=0.1", "problem"],
    ["Application/Problem+JSON", "problem"],
    ["application/problem+jsonx", "text"],
  ] as const)("for Accept: %s is %s", (accept, form) => {
    expect(formFor(accept)).toBe(form);
  });
});
