import { describe, expect, it } from "vitest";
import { zoneError } from "./zone.ts";

describe("a zone", () => {
  it.each(["Europe/Paris", "CET", "UTC", "Z", "+02:00", "UTC+2", "GMT-0330"])("%s is accepted", (zone) =>
    expect(zoneError(zone)).toBeNull(),
  );

  it.each(["Mars/Olympus", "", "+2x"])("'%s' is refused", (zone) =>
    expect(zoneError(zone)).toBe(`Unknown time-zone ID: ${zone}`),
  );
});
