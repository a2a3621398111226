import { describe, expect, it } from "vitest";
import { columns, table } from "./columns.ts";

describe("columns", () => {
  it("are aligned, without blanks at the end of a line", () => {
    expect(
      columns(
        [
          ["a", "one"],
          ["bbb", ""],
          ["cc", "three"],
        ],
        "  ",
      ),
    ).toBe("  a    one\n  bbb\n  cc   three");
  });

  it("take colour as having no width", () => {
    expect(
      columns([
        ["\u001b[1ma\u001b[22m", "x"],
        ["bb", "y"],
      ]),
    ).toBe("\u001b[1ma\u001b[22m   x\nbb  y");
  });

  it("of a table without rows are a sentence", () => {
    expect(table(["ID"], [], (text) => text, "No tenants.")).toBe("No tenants.");
  });
});
