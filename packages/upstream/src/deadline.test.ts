import { describe, expect, it } from "vitest";
import { deadlineOf, withDeadline } from "./deadline.ts";

describe("the deadline of a request", () => {
  it.each([
    [[], null, null],
    [[], 500, 500],
    [["x-request-deadline", "400"], null, 400],
    [["X-Request-Deadline", "400"], 500, 400],
    [["X-Request-Deadline", "600"], 500, 500],
    [["X-Request-Deadline", "600", "X-Request-Deadline", "300"], 500, 300],
    [["X-Request-Deadline", "soon"], 500, 500],
    [["X-Request-Deadline", "-1"], null, null],
    [["X-Request-Deadline", "4e2"], null, null],
  ])("of headers %j and route %j is %j", (headers, route, deadline) => {
    expect(deadlineOf(headers, route)).toBe(deadline);
  });

  it("is passed on once, and not at all where there is none", () => {
    const headers = ["A", "1", "x-request-deadline", "soon", "B", "2", "X-Request-Deadline", "9"];
    expect(withDeadline(headers, 7.5)).toEqual(["A", "1", "B", "2", "X-Request-Deadline", "7"]);
    expect(withDeadline(headers, null)).toEqual(["A", "1", "B", "2"]);
  });
});
