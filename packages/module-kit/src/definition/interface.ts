import type { Route } from "./route.ts";

/** An interface that a module provides, with the routes that belong to it. */
export interface InterfaceDefinition {
  readonly id: string;
  /** "1.0": major and minor. */
  readonly version: string;
  /** "multiple": several modules may provide it, each reached by its id. "system": the gateway calls it. */
  readonly type: "proxy" | "multiple" | "system";
  readonly routes: readonly Route[];
}

export function defineInterface(
  id: string,
  version: string,
  routes: readonly Route[],
  { type = "proxy" }: { readonly type?: InterfaceDefinition["type"] } = {},
): InterfaceDefinition {
  return { id, version, type, routes };
}
