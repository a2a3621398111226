import { printCompact } from "@octavo/json";
import { expect, it } from "vitest";
import { tenantParameterList } from "./tenant-parameters.ts";

it.each([
  [
    "loadSample=true,loadReference=true",
    '[{"key":"loadSample","value":"true"},{"key":"loadReference","value":"true"}]',
  ],
  ["alone", '[{"key":"alone"}]'],
  ["a=b=c", '[{"key":"a","value":"b"}]'],
  ["a=", '[{"key":"a"}]'],
  ["=b", '[{"key":"","value":"b"}]'],
  ["=", "[]"],
  ["", '[{"key":""}]'],
  ["a,,b,", '[{"key":"a"},{"key":""},{"key":"b"}]'],
])("%j is read as Java's split reads it", (text, list) => {
  expect(printCompact(tenantParameterList(text))).toBe(list);
});
