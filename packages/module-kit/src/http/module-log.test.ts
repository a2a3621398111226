import { describe, expect, it } from "vitest";
import { ModuleLog } from "./module-log.ts";

const token = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhIn0.c2ln";

describe("a line of the log holds no secrets", () => {
  it.each<[string, object, string, string]>([
    ["a token by its name", { headers: { "x-okapi-token": "abc-1" } }, "abc-1", "[redacted]"],
    ["a cookie", { headers: { cookie: "folioAccessToken=abc-2" } }, "abc-2", "[redacted]"],
    ["a body", { body: { patron: "abc-3" } }, "abc-3", "[redacted]"],
    ["a token within a text", { note: `sent ${token} twice` }, token, "sent [redacted] twice"],
    ["a password within a URL", { at: "postgres://me:abc-4@db/x" }, "abc-4", "postgres://me:[redacted]@db/x"],
    ["an error's text", { error: new Error(`refused ${token}`) }, token, "refused [redacted]"],
    [
      "values of a row in an error",
      { error: Object.assign(new Error("23505"), { detail: "abc-5" }) },
      "abc-5",
      "23505",
    ],
    ["a cause", { error: new Error("a", { cause: new Error(`b ${token}`) }) }, token, "b [redacted]"],
    ["what lies deep", { a: { b: { c: { d: { password: "abc-6" } } } } }, "abc-6", "[deeper]"],
  ])("%s", (_of, fields, secret, shown) => {
    const lines: string[] = [];
    ModuleLog.open("octavo-a-1.0.0", "info", (line) => lines.push(line))
      .with({ tenantId: "north" })
      .warn(fields, "it happened");
    expect(lines.join("")).not.toContain(secret);
    expect(lines.join("")).toContain(shown);
    expect(JSON.parse(lines.join(""))).toMatchObject({
      level: "warn",
      message: "it happened",
      moduleId: "octavo-a-1.0.0",
      tenantId: "north",
    });
  });
});
