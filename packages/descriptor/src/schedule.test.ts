import { describe, expect, it } from "vitest";
import { cronError, zoneError } from "./schedule.ts";

describe("a cron expression", () => {
  it.each([
    "3 2 * * *",
    "*/5 0-6 1,15 JAN-mar 0",
    "1 6 * * mon-FRI",
    "0 0 31 12 7",
    " 1  2 3 4 5 ",
    "10-50/20 * * * *",
  ])("%s is accepted", (cron) => expect(cronError(cron)).toBeNull());

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
  ])("%s is refused: %s", (cron, part) => expect(cronError(cron)).toContain(part));
});

describe("a zone", () => {
  it.each(["Europe/Paris", "CET", "UTC", "Z", "+02:00", "UTC+2", "GMT-0330"])("%s is accepted", (zone) =>
    expect(zoneError(zone)).toBeNull(),
  );

  it.each(["Mars/Olympus", "", "+2x"])("'%s' is refused", (zone) =>
    expect(zoneError(zone)).toBe(`Unknown time-zone ID: ${zone}`),
  );
});
