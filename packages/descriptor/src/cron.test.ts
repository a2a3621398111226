import { describe, expect, it } from "vitest";
import { parseCron } from "./cron.ts";

describe("a cron expression", () => {
  it.each([
    "3 2 * * *",
    "*/5 0-6 1,15 JAN-mar 0",
    "1 6 * * mon-FRI",
    "0 0 31 12 7",
    " 1  2 3 4 5 ",
    "10-50/20 * * * *",
  ])("%s is accepted", (cron) => expect(parseCron(cron).ok).toBe(true));

  it.each([
    ["3 2 x * *", "Invalid chars: X"],
    ["3 2 * *", "4 parts"],
    ["", "1 parts"],
    ["60 * * * *", "not in range [0, 59]"],
    ["* 24 * * *", "not in range [0, 23]"],
    ["* * 0 * *", "not in range [1, 31]"],
    ["* * * 13 *", "not in range [1, 12]"],
    ["* * * * 8", "not in range [0, 7]"],
    ["* * * * JAN", "Invalid chars: JAN"],
    ["5-3 * * * *", "ends before it starts"],
    ["1-2-3 * * * *", 'More than one "-"'],
    ["*/2/3 * * * *", 'More than one "/"'],
    ["*/0 * * * *", "no number above 0"],
    ["1,,2 * * * *", "Invalid chars"],
  ])("%s is refused: %s", (cron, part) =>
    expect(parseCron(cron)).toMatchObject({ ok: false, error: expect.stringContaining(part) }),
  );

  it.each([
    ["*/20 * * * *", "minutes", [0, 20, 40]],
    ["5/15 * * * *", "minutes", [5, 20, 35, 50]],
    ["10-20/4,59 * * * *", "minutes", [10, 14, 18, 59]],
    ["0 0-6/3 * * *", "hours", [0, 3, 6]],
    ["0 0 * feb,APR *", "months", [2, 4]],
    ["0 0 * * 5-7", "weekdays", [5, 6, 0]],
    ["0 0 * * mon-wed", "weekdays", [1, 2, 3]],
    ["0 0 1,15 * *", "days", [1, 15]],
  ] as const)("%s has these %s: %j", (text, field, values) => {
    const parsed = parseCron(text);
    expect(parsed.ok && [...(parsed.value[field] ?? [])]).toEqual(values);
  });

  it("says whether a day field is left open, which */1 does not", () => {
    expect(parseCron("0 0 * * *")).toMatchObject({ value: { days: null, weekdays: null } });
    const parsed = parseCron("0 0 */1 * 1");
    expect(parsed.ok && parsed.value.days?.size).toBe(31);
  });
});
