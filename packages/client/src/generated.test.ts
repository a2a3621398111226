import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@octavo/management-api";
import { describe, expect, it } from "vitest";
import { generatedFiles } from "../../../scripts/generated-files.ts";
import { createOperations } from "./generated/operations.ts";
import type { Call } from "./call.ts";

const root = join(import.meta.dirname, "../../..");
const files = generatedFiles();

describe("what is generated", () => {
  it.each([...files.keys()])("%s is as the table says (else: npm run generate)", (path) => {
    expect(readFileSync(join(root, path), "utf8") === files.get(path)).toBe(true);
  });

  it("is all that lies in its folder", () => {
    const folder = "packages/client/src/generated";
    const lying = readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
    expect(lying.filter((path) => !files.has(path))).toEqual([]);
  });
});

describe("the client", () => {
  it("has a method for each operation, with its method and path", async () => {
    const called: string[] = [];
    const record: Call = async ({ name, method, path, writes }) => {
      called.push(`${name} ${method} ${path} ${writes}`);
      return { ok: false, kind: "aborted", status: null, message: "", retryAfterSeconds: null };
    };
    await callAll(createOperations(record));
    const wanted = operations.map(({ name, method, path, writes }) => `${name} ${method} ${path} ${writes}`);
    expect(called.sort()).toEqual(wanted.sort());
  });
});

async function callAll(group: object): Promise<void> {
  for (const member of Object.values(group)) {
    if (typeof member === "function") await member({});
    else await callAll(member);
  }
}
