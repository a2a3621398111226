import { err, ok } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { findTarget } from "./find-target.ts";

describe("the gateway that a command speaks to", () => {
  it.each<[string | undefined, Record<string, string>, string]>([
    [undefined, {}, "http://127.0.0.1:9130"],
    [undefined, { OCTAVO_PORT: "9200" }, "http://127.0.0.1:9200"],
    [undefined, { OCTAVO_PORT: "9200", OCTAVO_URL: "https://octavo.example/" }, "https://octavo.example"],
    [undefined, { OCTAVO_PORT: "", OCTAVO_URL: "" }, "http://127.0.0.1:9130"],
    ["http://10.0.0.1:9130/base/", { OCTAVO_URL: "https://octavo.example" }, "http://10.0.0.1:9130/base"],
  ])("--url %s with %j is %s", (url, env, target) => {
    expect(findTarget(url, env)).toEqual(ok(target));
  });

  it.each<[string | undefined, Record<string, string>, string]>([
    ["localhost:9130", {}, "--url is no http address: localhost:9130"],
    ["ftp://host", {}, "--url is no http address: ftp://host"],
    [undefined, { OCTAVO_URL: "nonsense" }, "OCTAVO_URL is no http address: nonsense"],
    [undefined, { OCTAVO_PORT: "many" }, "OCTAVO_PORT is no http address: http://127.0.0.1:many"],
    ["http://me:secret@host", {}, "--url holds a user name or password"],
  ])("--url %s with %j is refused", (url, env, message) => {
    expect(findTarget(url, env)).toMatchObject(err({ exitCode: 2, message }));
  });
});
