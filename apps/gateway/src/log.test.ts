import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLog, type LogFields, type LogLevel } from "./log.ts";

function linesOf(
  form: "json" | "human",
  level: LogLevel,
  fields: LogFields,
  message = "something happened",
): string[] {
  const written: string[] = [];
  const log = createLog({
    form,
    level,
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    write: (line) => written.push(line),
  });
  log.info(fields, message);
  return written;
}

describe("the log", () => {
  it("is one JSON object per line: time, level, message, fields", () => {
    expect(linesOf("json", "info", { moduleId: "mod-a-1", count: 3 })).toEqual([
      '{"time":"2026-01-02T03:04:05.006Z","level":"info","message":"something happened","moduleId":"mod-a-1","count":3}\n',
    ]);
  });

  it("is a short line for people", () => {
    expect(linesOf("human", "info", { moduleId: "mod-a-1", text: "two words", none: null })).toEqual([
      "03:04:05.006 info  something happened moduleId=mod-a-1 text='two words' none=null\n",
    ]);
  });

  it.each(["debug", "info"] as const)("has what is at least as weighty as its level: %s", (level) => {
    expect(linesOf("json", level, {})).toHaveLength(1);
  });

  it.each(["warn", "error"] as const)("leaves out what is lighter than its level: %s", (level) => {
    expect(linesOf("json", level, {})).toEqual([]);
  });

  it.each(["json", "human"] as const)(
    "is one line of printable characters, whatever a caller sent: %s",
    (form) => {
      const hostile = fc.oneof(
        fc.string({ unit: "binary" }),
        fc.constantFrom("a\r\nlevel=error", "\u001b[2J", "\u2028", "\u0085", "\u007f"),
      );
      fc.assert(
        fc.property(hostile, (value) => {
          const [line = ""] = linesOf(form, "info", { path: value, list: [value] });
          expect(line.endsWith("\n")).toBe(true);
          // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
          expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u);
        }),
      );
    },
  );
});
