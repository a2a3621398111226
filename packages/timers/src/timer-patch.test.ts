import { type JsonValue, parseJson, printCompact } from "@octavo/json";
import { describe, expect, it } from "vitest";
import { parsePatch, printPatch, readPatch, withPatch } from "./timer-patch.ts";

function json(text: string): JsonValue {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

const declared =
  '{"methods":["POST"],"pathPattern":"/expire","unit":"minute","delay":"5","modulePermissions":["a"]}';

const patched = (patch: string) => {
  const read = readPatch(json(patch));
  if (!read.ok) throw new Error(read.error);
  const entry = json(declared);
  if (!(entry instanceof Map)) throw new Error("no object");
  return read.value === null ? "reset" : printCompact(withPatch(entry, parsePatch(printPatch(read.value))));
};

describe("a patch of a timer", () => {
  it.each([
    [
      "changes the delay",
      '{"unit":"second","delay":"2"}',
      '{"methods":["POST"],"pathPattern":"/expire","unit":"second","delay":"2","modulePermissions":["a"]}',
    ],
    [
      "takes away what it leaves out",
      '{"delay":"0"}',
      '{"methods":["POST"],"pathPattern":"/expire","delay":"0","modulePermissions":["a"]}',
    ],
    [
      "puts a schedule in place of a delay",
      '{"schedule":{"cron":"0 2 * * *","zone":"CET"}}',
      '{"methods":["POST"],"pathPattern":"/expire","modulePermissions":["a"],"schedule":{"cron":"0 2 * * *","zone":"CET"}}',
    ],
    [
      "changes nothing else of the entry",
      '{"unit":"hour","delay":"1","pathPattern":"/other"}',
      '{"methods":["POST"],"pathPattern":"/expire","unit":"hour","delay":"1","modulePermissions":["a"]}',
    ],
    [
      "with an empty schedule stops it",
      '{"schedule":{}}',
      '{"methods":["POST"],"pathPattern":"/expire","modulePermissions":["a"],"schedule":{}}',
    ],
    ["without any of the three is a reset", '{"pathPattern":"/other"}', "reset"],
    ["that is empty is a reset", "{}", "reset"],
    ["of nulls is a reset", '{"unit":null,"delay":null}', "reset"],
  ])("%s", (_claim, patch, expected) => expect(patched(patch)).toBe(expected));

  it.each([
    ['{"unit":"week"}', "week"],
    ['{"delay":"soon","unit":"day"}', 'The delay "soon" is no whole number'],
    ['{"delay":"2147483648","unit":"day"}', "is no whole number"],
    ['{"schedule":{"cron":"61 * * * *"}}', "not in range [0, 59]"],
    ['{"schedule":{"cron":"1 * * * *","zone":"Mars/Olympus"}}', "Unknown time-zone ID: Mars/Olympus"],
    ['{"what":"x"}', "what"],
  ])("%s is refused: %s", (patch, part) =>
    expect(readPatch(json(patch))).toMatchObject({ ok: false, error: expect.stringContaining(part) }),
  );
});
