import type { Family, Labels } from "./family.ts";
import { printNumber } from "./print-number.ts";

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Prometheus' text format, version 0.0.4: families in the order of their names, series in a stable one.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function printFamilies(families: readonly Family[]): string {
  const lines: string[] = [];
  for (const family of [...families].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    lines.push(`# HELP ${family.name} ${escapeHelp(family.help)}`, `# TYPE ${family.name} ${family.type}`);
    for (const { suffix, labels, value } of family.samples()) {
      lines.push(`${family.name}${suffix}${printLabels(labels)} ${printNumber(value)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function printLabels(labels: Labels): string {
  const printed = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return printed.length === 0 ? "" : `{${printed.join(",")}}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", String.raw`\\`).replaceAll("\n", String.raw`\n`);
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', String.raw`\"`);
}
