import { stripVTControlCharacters } from "node:util";

const graphemes = new Intl.Segmenter("en");

/** Rows as aligned text, two spaces between columns, no blanks at the end of a line. The last column is never padded, so
 * it may be long. */
export function columns(rows: readonly (readonly string[])[], indent = ""): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, visibleLength(cell));
  }
  return rows
    .map((row) =>
      row
        .map((cell, index) =>
          index === row.length - 1 ? cell : cell + " ".repeat((widths[index] ?? 0) - visibleLength(cell)),
        )
        .join("  "),
    )
    .map((line) => `${indent}${line}`.trimEnd())
    .join("\n");
}

/** As `columns`, with a header line; `none` stands where there is no row. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  drawHeader: (text: string) => string,
  none: string,
): string {
  if (rows.length === 0) return none;
  return columns([header.map((title) => drawHeader(title)), ...rows]);
}

/** Colour takes no place on the screen, and a letter with its accents takes one. */
function visibleLength(text: string): number {
  return [...graphemes.segment(stripVTControlCharacters(text))].length;
}
