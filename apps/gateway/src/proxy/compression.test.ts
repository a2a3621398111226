import { describe, expect, it } from "vitest";
import { acceptsGzip, compressedHeaders, compresses } from "./compression.ts";

describe("a client accepts gzip", () => {
  const cases: readonly (readonly [accepted: string, isAccepted: boolean])[] = [
    ["gzip", true],
    ["GZIP", true],
    ["x-gzip", true],
    ["deflate, gzip;q=0.5, br", true],
    ["gzip; q=0.001", true],
    ["*", true],
    ["br, *;q=0.1", true],
    ["gzip;q=0", false],
    ["gzip;q=0.0", false],
    ["gzip;q=0.000, *", false],
    ["*;q=0", false],
    ["*, gzip;q=0", false],
    ["br", false],
    ["identity", false],
    ["gzipped", false],
    ["", false],
  ];
  it.each(cases)("by %j: %s", (accepted, isAccepted) => {
    expect(acceptsGzip(accepted)).toBe(isAccepted);
  });
});

describe("an answer is compressed", () => {
  const json = ["Content-Type", "application/json; charset=utf-8"];
  const cases: readonly (readonly [
    claim: string,
    headers: string[],
    status: number,
    length: number | null,
    is: boolean,
  ])[] = [
    ["as JSON", json, 200, 2000, true],
    ["with an unknown length", json, 200, null, true],
    ["as XML of a kind", ["Content-Type", "application/atom+xml"], 200, null, true],
    ["as HTML", ["content-type", "TEXT/html"], 200, null, true],
    ["not when it is short", json, 200, 1023, false],
    ["not without a type", [], 200, 2000, false],
    ["not as a part of something", json, 206, 2000, false],
    ["not without a body", json, 304, null, false],
    ["not as a picture", ["Content-Type", "image/jpeg"], 200, 2000, false],
    ["not twice", [...json, "Content-Encoding", "gzip"], 200, 2000, false],
  ];
  it.each(cases)("%s", (_claim, headers, status, length, is) => {
    expect(compresses("gzip", "GET", status, headers, length)).toBe(is);
  });

  it("and its tag says that the bytes are others, not that the content is", () => {
    expect(compressedHeaders(["ETag", '"a"', "etag", 'W/"b"', "X-A", "1"])).toEqual([
      "Content-Encoding",
      "gzip",
      "Vary",
      "Accept-Encoding",
      "ETag",
      'W/"a"',
      "etag",
      'W/"b"',
      "X-A",
      "1",
    ]);
  });
});
