import { isCompatibleVersion } from "@octavo/descriptor";
import type { ModuleDescriptor } from "@octavo/descriptor";

/** The modules and what they require of each other as a graph in DOT, as Okapi draws it: an arrow to each module that
 * provides a required interface, or to a red node where none of the list does. */
export function graphDot(modules: readonly ModuleDescriptor[]): string {
  const lines = modules.map(({ id }) => `  ${nodeOf(id)} [label="${id}"];\n`);
  const provisions = provisionsOf(modules);
  const missing = new Set<string>();
  for (const module of modules) {
    for (const { id, version } of module.requires) {
      const providers = (provisions.get(id) ?? []).filter((own) => isCompatibleVersion(own.version, version));
      for (const { moduleId } of providers) lines.push(`  ${nodeOf(module.id)} -> ${nodeOf(moduleId)};\n`);
      if (providers.length > 0) continue;
      const label = `missing ${id} ${version}`;
      if (!missing.has(label)) lines.push(`  ${nodeOf(label)} [label="${label}", color=red];\n`);
      missing.add(label);
      lines.push(`  ${nodeOf(module.id)} -> ${nodeOf(label)};\n`);
    }
  }
  return `digraph okapi {\n${lines.join("")}}\n`;
}

interface Provision {
  readonly moduleId: string;
  readonly version: string;
}

function provisionsOf(modules: readonly ModuleDescriptor[]): ReadonlyMap<string, readonly Provision[]> {
  const provisions = new Map<string, Provision[]>();
  for (const { id: moduleId, provides } of modules) {
    for (const { id, version, type } of provides) {
      if (type !== "proxy") continue;
      const list = provisions.get(id) ?? [];
      list.push({ moduleId, version });
      provisions.set(id, list);
    }
  }
  return provisions;
}

function nodeOf(text: string): string {
  return text.replaceAll("-", "__").replaceAll(".", "_").replaceAll(" ", "_");
}
