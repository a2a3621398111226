import {
  compareInterfaceVersions,
  isValidInterfaceVersion,
  matchesVersionFilter,
  moduleHasPrefix,
  parseModuleId,
  parseVersionFilter,
} from "@octavo/descriptor";
import type { InterfaceReference, ModuleDescriptor, ModuleRef } from "@octavo/descriptor";
import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import { latestOfProducts } from "./latest-of-products.ts";
import { byId } from "./module-order.ts";
import { okapiTexts } from "./okapi-texts.ts";

/** Query parameters of a list of modules as they were sent; an absent one is null or left out. */
export interface ModuleListParameters {
  /** A product, or a product with a version's beginning: "mod-users", "mod-users-19.2". */
  readonly filter?: string | null;
  /** Interfaces separated by commas, each with "=version" or without: "users=16.0,login". */
  readonly provide?: string | null;
  /** As `provide`, of what is required or optional. */
  readonly require?: string | null;
  /** Only interfaces of this scope count for `provide` and `require`. */
  readonly scope?: string | null;
  /** How many versions of each product. */
  readonly latest?: string | null;
  /** "id", which turns the order around unless `order` is "asc". */
  readonly orderBy?: string | null;
  readonly order?: string | null;
  readonly preRelease?: string | null;
  readonly npmSnapshot?: string | null;
}

/** The modules that a list asks for, ordered; or Okapi's text for the parameter that makes no sense. */
export function filterModules(
  modules: readonly ModuleDescriptor[],
  parameters: ModuleListParameters,
): Result<readonly ModuleDescriptor[], string> {
  const prefix = parsePrefix(parameters.filter ?? null);
  if (!prefix.ok) return prefix;
  const versions = parseVersionFilter(parameters.preRelease ?? null, parameters.npmSnapshot ?? null);
  if (!versions.ok) return versions;
  const scope = parameters.scope ?? null;
  const isRequired = parseInterfaces(parameters.require ?? null, scope);
  if (!isRequired.ok) return isRequired;
  const isProvided = parseInterfaces(parameters.provide ?? null, scope);
  if (!isProvided.ok) return isProvided;
  const limit = parseLatest(parameters.latest ?? null);
  if (!limit.ok) return limit;
  const direction = parseDirection(parameters.orderBy ?? null, parameters.order ?? null);
  if (!direction.ok) return direction;

  const chosen = modules.filter(
    (module) =>
      (prefix.value === null || moduleHasPrefix(module, prefix.value)) &&
      matchesVersionFilter(module, versions.value) &&
      (isRequired.value(module.requires) || isRequired.value(module.optional)) &&
      isProvided.value(module.provides),
  );
  const latest = limit.value === null ? chosen : [...latestOfProducts(chosen, limit.value)];
  return ok(latest.sort((a, b) => direction.value * byId(a, b)));
}

function parsePrefix(filter: string | null): Result<ModuleRef | null, string> {
  return filter === null ? ok(null) : parseModuleId(filter);
}

/** A list of interfaces as a question to what a module provides or needs: is one of them there, in this very version? */
function parseInterfaces(
  text: string | null,
  scope: string | null,
): Result<(references: readonly InterfaceReference[]) => boolean, string> {
  if (text === null) return ok(() => true);
  const wanted: { readonly id: string; readonly version: string | null }[] = [];
  for (const entry of text.split(",")) {
    const [id = "", version, ...rest] = entry.split("=");
    const isExact = version !== undefined && version !== "" && rest.length === 0; // else Okapi looks at the id alone
    if (isExact && !isValidInterfaceVersion(version)) return err(okapiTexts.badInterfaceVersion(version));
    wanted.push({ id, version: isExact ? version : null });
  }
  return ok((references) =>
    references.some(
      (reference) =>
        (scope === null || reference.scope.includes(scope)) &&
        wanted.some(
          ({ id, version }) =>
            id === reference.id &&
            (version === null || compareInterfaceVersions(version, reference.version) === 0),
        ),
    ),
  );
}

const MAX_INT = 2_147_483_647;

function parseLatest(text: string | null): Result<number | null, string> {
  if (text === null) return ok(null);
  const limit = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
  if (limit <= MAX_INT && limit >= -MAX_INT - 1) return ok(limit);
  return err(okapiTexts.badFormat("latest", `For input string: "${text}"`));
}

function parseDirection(orderBy: string | null, order: string | null): Result<1 | -1, string> {
  if (orderBy === null) return ok(1); // then `order` is not looked at
  if (orderBy !== "id") return err(okapiTexts.unknownOrderBy(orderBy));
  if (order === null || order === "desc") return ok(-1);
  return order === "asc" ? ok(1) : err(okapiTexts.invalidOrder(order));
}
