import { ok } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { parseObjectStoreUrl } from "./open-object-store.ts";

describe("the URL of an object store", () => {
  it.each([
    ["file:///var/lib/octavo/objects", { kind: "folder", path: "/var/lib/octavo/objects" }],
    [
      "s3://files?endpoint=https://s3.example.org&region=eu-central-1",
      {
        kind: "s3",
        bucket: "files",
        endpoint: "https://s3.example.org",
        region: "eu-central-1",
        credentials: null,
      },
    ],
    ["s3://files", { kind: "s3", bucket: "files", endpoint: null, region: "us-east-1", credentials: null }],
  ])("%s", (text, place) => {
    expect(parseObjectStoreUrl(text)).toEqual(ok(place));
  });

  it.each([
    ["/var/lib/octavo", "is no URL: write file:///a/folder or s3://bucket"],
    ["https://s3.example.org/files", "names no store"],
    ["s3://?endpoint=https://x", "names no store"],
    ["s3://files?endpoint=s3.example.org", "write https://host"],
    ["s3://files?endpont=https://x", "not endpont"],
  ])("%s is refused with what to write instead", (text, why) => {
    expect(parseObjectStoreUrl(text)).toMatchObject({
      ok: false,
      error: expect.stringContaining(why) as string,
    });
  });
});
