import { describe, expect, it } from "vitest";
import { restartDelayMs } from "./restart-delay.ts";

describe("a worker that died", () => {
  it("is started again at once where it had served, later the more often in a row it fails, and never later than 10 s", () => {
    expect([0, 1, 2, 3, 7, 8, 50].map(restartDelayMs)).toEqual([0, 100, 200, 400, 6400, 10_000, 10_000]);
  });
});
