import { parseModuleDescriptor, type ModuleDescriptor } from "@octavo/descriptor";
import { fromPlain } from "@octavo/json";

/** A module that provides one interface of its product's name. `padding` makes its descriptor as long as real ones are. */
export function sampleModule(id: string, padding = 0): ModuleDescriptor {
  const product = id.replace(/-\d.*$/, "");
  const json = {
    id,
    name: `Sample ${product}`,
    provides: [{ id: product, version: "1.0", handlers: [] }],
    requires: [],
    metadata: { padding: "x".repeat(padding) },
  };
  const parsed = parseModuleDescriptor(fromPlain(json));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

export const internalModule = sampleModule("okapi-7.2.0");

/** `count` modules of as many products, "<prefix>-0-1.0.0" and so on. */
export function sampleModules(count: number, prefix = "mod", padding = 0): readonly ModuleDescriptor[] {
  return Array.from({ length: count }, (_, n) => sampleModule(`${prefix}${letters(n)}-1.0.0`, padding));
}

/** A digit after "-" would begin a version. */
function letters(n: number): string {
  return n.toString().replace(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "");
}
