import { err, ok } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { findCredential, type CredentialQuestion } from "./find-credential.ts";

const files: Readonly<Record<string, string>> = {
  "/data/operator-token": "oct_op_a_first\n",
  "/named": " oct_op_b_named \n",
  "/empty": "\n",
};
const readText = (path: string) => (files[path] === undefined ? err("ENOENT") : ok(files[path]));
const question: CredentialQuestion = {
  tokenFile: undefined,
  env: {},
  dataDir: "/data",
  url: "http://127.0.0.1:9130",
};
const find = (changes: Partial<CredentialQuestion>) => findCredential({ ...question, ...changes }, readText);

describe("the operator token", () => {
  it("of --token-file comes before everything else", () => {
    const env = { OCTAVO_OPERATOR_TOKEN: "t", OCTAVO_OPERATOR_TOKEN_FILE: "/empty" };
    expect(find({ tokenFile: "/named", env })).toEqual(
      ok({ token: "oct_op_b_named", looked: ["--token-file /named"] }),
    );
  });

  it("of the environment comes before a file that the environment names", () => {
    const env = { OCTAVO_OPERATOR_TOKEN: "from-env", OCTAVO_OPERATOR_TOKEN_FILE: "/named" };
    expect(find({ env })).toEqual(ok({ token: "from-env", looked: ["OCTAVO_OPERATOR_TOKEN"] }));
  });

  it("is read from the file that the environment names", () => {
    expect(find({ env: { OCTAVO_OPERATOR_TOKEN_FILE: "/named" } })).toMatchObject(
      ok({ token: "oct_op_b_named" }),
    );
  });

  it("is found last in the data folder", () => {
    expect(find({})).toMatchObject(ok({ token: "oct_op_a_first" }));
  });

  it("of the data folder is not sent to another machine", () => {
    const found = find({ url: "http://library.example:9130" });
    expect(found).toMatchObject(ok({ token: null }));
    expect(found.ok && found.value.looked).toContain("/data/operator-token (used for this machine only)");
  });

  it.each(["http://localhost:1", "http://[::1]:1", "http://127.1.2.3"])(
    "of the data folder is sent to %s",
    (url) => {
      expect(find({ url })).toMatchObject(ok({ token: "oct_op_a_first" }));
    },
  );

  it.each(["http://127.0.0.1.example.org", "http://0.0.0.0:9130", "http://localhost.example"])(
    "of the data folder is not sent to %s",
    (url) => {
      expect(find({ url })).toMatchObject(ok({ token: null }));
    },
  );

  it("may be missing, and then all places are named", () => {
    expect(find({ dataDir: "/nowhere" })).toEqual(
      ok({
        token: null,
        looked: [
          "--token-file (not given)",
          "OCTAVO_OPERATOR_TOKEN (not set)",
          "OCTAVO_OPERATOR_TOKEN_FILE (not set)",
          "/nowhere/operator-token (not there)",
        ],
      }),
    );
  });

  it.each([
    [{ tokenFile: "/gone" }, "cannot read the operator token from /gone (--token-file): not there"],
    [{ tokenFile: "/empty" }, "the file /empty (--token-file) is empty"],
    [
      { env: { OCTAVO_OPERATOR_TOKEN_FILE: "/gone" } },
      "cannot read the operator token from /gone (OCTAVO_OPERATOR_TOKEN_FILE): not there",
    ],
  ])("of a file that was named must be there: %j", (changes, message) => {
    expect(find(changes)).toMatchObject(err({ exitCode: 2, message }));
  });
});
