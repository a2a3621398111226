import { ok } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { command } from "./command.ts";
import { parseCommandLine } from "./parse-command-line.ts";

const put = command({
  path: "shelf put",
  summary: "puts books on a shelf",
  examples: [],
  operands: {
    shelf: { kind: "one", label: "SHELF", help: "where" },
    books: { kind: "many", label: "BOOK", help: "what" },
  },
  options: {
    "dry-run": { kind: "flag", help: "only say" },
    label: { kind: "text", value: "TEXT", help: "on the spine" },
    tag: { kind: "list", value: "TAG", help: "for searching" },
  },
  exits: { 0: "put" },
  run: async () => ok(undefined),
});
const list = command({
  path: "shelf list",
  summary: "lists shelves",
  examples: [],
  operands: { filter: { kind: "optional", label: "FILTER", help: "which" } },
  options: {},
  exits: { 0: "listed" },
  run: async () => ok(undefined),
});
const open = { ...list, path: "open", operands: {} };
const commands = [put, list, open];

function parsed(line: string): unknown {
  const request = parseCommandLine(line === "" ? [] : line.split(" "), commands);
  if (!request.ok) return request.error;
  return request.value.kind === "run"
    ? { command: request.value.command.path, ...request.value.input }
    : request.value;
}

describe("a command line", () => {
  it.each<[string, unknown]>([
    ["", { kind: "help", topic: [], json: false }],
    ["-h", { kind: "help", topic: [], json: false }],
    ["--help --json", { kind: "help", topic: [], json: true }],
    ["--version", { kind: "version", json: false }],
    ["-v --json", { kind: "version", json: true }],
    ["open", { command: "open", options: {}, operands: {}, json: false }],
    ["open --json", { command: "open", options: {}, operands: {}, json: true }],
    ["open --help", { kind: "help", topic: ["open"], json: false }],
    ["shelf --help", { kind: "help", topic: ["shelf"], json: false }],
    ["shelf put --help", { kind: "help", topic: ["shelf", "put"], json: false }],
    ["shelf list", { command: "shelf list", options: {}, operands: { filter: undefined }, json: false }],
    ["shelf list a", { command: "shelf list", options: {}, operands: { filter: "a" }, json: false }],
    [
      "shelf put s1 b1 b2 --dry-run --label x --tag t1 --tag=t2 b3",
      {
        command: "shelf put",
        options: { "dry-run": true, label: "x", tag: ["t1", "t2"] },
        operands: { shelf: "s1", books: ["b1", "b2", "b3"] },
        json: false,
      },
    ],
    [
      "shelf put s1 -- --label",
      {
        command: "shelf put",
        options: { "dry-run": false, label: undefined, tag: [] },
        operands: { shelf: "s1", books: ["--label"] },
        json: false,
      },
    ],
    [
      "shelf put s1 b --label=-x",
      {
        command: "shelf put",
        options: { "dry-run": false, label: "-x", tag: [] },
        operands: { shelf: "s1", books: ["b"] },
        json: false,
      },
    ],
  ])("%j is read", (line, request) => {
    expect(parsed(line)).toEqual(request);
  });

  it.each([
    ["shelv list", "unknown command: octavo shelv", "did you mean: octavo shelf?"],
    ["list", "unknown command: octavo list", "did you mean: octavo shelf list?"],
    ["quite-else", "unknown command: octavo quite-else", "see: octavo help"],
    ["shelf", "octavo shelf needs a verb: put, list", "see: octavo shelf --help"],
    ["shelf pit", "unknown command: octavo shelf pit", "did you mean: octavo shelf put?"],
    ["shelf burn", "unknown command: octavo shelf burn", "there are: put, list"],
    ["--verson", "unknown option --verson before the command", "did you mean --version?"],
    ["--label open", "unknown option --label before the command", "options follow the command"],
    ["open --jsn", "octavo open: unknown option --jsn", "did you mean --json?"],
    ["open --constructor", "octavo open: unknown option --constructor", "see: octavo open --help"],
    ["open -x", "octavo open: unknown option -x", "see: octavo open --help"],
    ["open now", 'octavo open: "now" is one word too many', "see: octavo open --help"],
    ["shelf list a b", 'octavo shelf list: "b" is one word too many', "see: octavo shelf list --help"],
    ["shelf put", "octavo shelf put: SHELF is missing: where", "see: octavo shelf put --help"],
    ["shelf put s1", "octavo shelf put: BOOK is missing: what", "see: octavo shelf put --help"],
    [
      "shelf put s1 b --dry-run=yes",
      "octavo shelf put: --dry-run takes no value",
      "see: octavo shelf put --help",
    ],
    [
      "shelf put s1 b --label",
      "octavo shelf put: --label needs a value: --label TEXT",
      "see: octavo shelf put --help",
    ],
    [
      "shelf put s1 b --label --json",
      "octavo shelf put: --label needs a value: --label TEXT",
      "see: octavo shelf put --help",
    ],
    [
      "shelf put s1 b --label x --label y",
      "octavo shelf put: --label is given twice",
      "see: octavo shelf put --help",
    ],
  ])("%j is refused with a remedy", (line, message, remedy) => {
    expect(parsed(line)).toEqual({ exitCode: 2, message, remedy });
  });
});
