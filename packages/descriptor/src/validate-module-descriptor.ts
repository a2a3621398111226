import type { ModuleDescriptor, ProvidedInterface, RoutingEntry } from "./module-descriptor.ts";

/** `error` refuses the descriptor with Okapi's text; warnings are what Okapi writes into its log. */
export interface Validation {
  readonly error: string | null;
  readonly warnings: readonly string[];
}

/** Checks what a well-formed descriptor must also keep to before it may be registered. */
export function validateModuleDescriptor(descriptor: ModuleDescriptor): Validation {
  const warnings: string[] = [];
  return { error: firstError(descriptor, warnings), warnings };
}

function firstError(descriptor: ModuleDescriptor, warnings: string[]): string | null {
  const { id: moduleId, provides, requires, filters } = descriptor;
  for (const provided of provides) {
    const error = providedError(provided, moduleId, warnings);
    if (error !== null) return error;
  }
  for (const required of requires) warnOfVersion(required, moduleId, warnings);
  for (const filter of filters) {
    const error = entryError(filter, "filters", moduleId, warnings);
    if (error !== null) return error;
  }
  return null;
}

function providedError(provided: ProvidedInterface, moduleId: string, warnings: string[]): string | null {
  if (provided.type === "internal") return `Bad interface type 'internal' for module ${moduleId}`;
  warnOfVersion(provided, moduleId, warnings);
  for (const handler of provided.handlers) {
    const error = handlerError(handler, provided, moduleId, warnings);
    if (error !== null) return error;
  }
  return null;
}

function warnOfVersion(
  { id, version }: { id: string; version: string },
  moduleId: string,
  warnings: string[],
): void {
  const prefix = `Module '${moduleId}' interface '${id}':`;
  if (/^\d+\.\d+\.\d+$/.test(version)) {
    warnings.push(`${prefix} has a 3-part version number '${version}'. Interfaces should be 2-part`);
  }
  if (["1.0", "1.1", "2.0"].includes(version)) return;
  if (id === "_tenant") warnings.push(`${prefix} is '${version}'. Should be '1.0/1.1/1.2/2.0'`);
  if (id === "_tenantPermissions") warnings.push(`${prefix} is '${version}'. should be '1.0/1.1/2.0'`);
}

function handlerError(
  handler: RoutingEntry,
  provided: ProvidedInterface,
  moduleId: string,
  warnings: string[],
): string | null {
  const error = entryError(handler, "handlers", moduleId, warnings);
  if (error !== null) return error;
  if (handler.phase !== null) {
    warnings.push(`Module '${moduleId}' handlers uses 'phase' in the handlers section. Leave it out`);
  }
  // A handler open to every user must say so with []: one that forgot the field would be open by mistake.
  if (provided.type === "system" || handler.permissionsRequired !== null) return null;
  const path = `${handler.pathPattern ?? ""}${handler.path ?? ""}`.trim();
  return `Module '${moduleId}' handler${path === "" ? "" : ` ${path}`}: Missing field permissionsRequired`;
}

type Section = "handlers" | "filters";

function entryError(
  entry: RoutingEntry,
  section: Section,
  moduleId: string,
  warnings: string[],
): string | null {
  const place = entry.pathPattern || entry.path;
  if (!place) return "Bad routing entry, needs a pathPattern or at least a path";
  if (entry.type !== "redirect")
    warnings.push(...entryWarnings(entry, section, `Module '${moduleId}' ${section} ${place}:`));
  else if (!entry.redirectPath) return "Redirect entry without redirectPath";
  return null;
}

function entryWarnings(entry: RoutingEntry, section: Section, prefix: string): string[] {
  const warnings: string[] = [];
  if (entry.redirectPath) warnings.push(`${prefix} has a redirectPath, even though it is not a redirect`);
  if (!entry.pathPattern) warnings.push(`${prefix} uses old type path. Use a pathPattern instead`);
  if (entry.level !== null) {
    warnings.push(
      `${prefix} uses DEPRECATED level. ${section === "filters" ? "Use a phase=auth instead" : ""}`.trimEnd(),
    );
  }
  if (entry.pathPattern?.endsWith("/"))
    warnings.push(`${prefix} ends in a slash. Probably not what you intend`);
  if (entry.type === "system") warnings.push(`${prefix} uses DEPRECATED type 'system'`);
  return warnings;
}
