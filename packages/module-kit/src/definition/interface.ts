import type { Route } from "./route.ts";

/** An interface that a module provides, with the routes that belong to it. */
export interface InterfaceDefinition {
  readonly id: string;
  /** "1.0": major and minor. */
  readonly version: string;
  /** "multiple": several modules may provide it, each reached by its id. "system": the gateway calls it. */
  readonly type: "proxy" | "multiple" | "system";
  readonly routes: readonly Route[];
  /** Of a system interface: the same call, sent twice, does what one does, so that a gateway that got no answer may send it again. */
  readonly isRepeatable: boolean;
}

export function defineInterface(
  id: string,
  version: string,
  routes: readonly Route[],
  {
    type = "proxy",
    isRepeatable = false,
  }: { readonly type?: InterfaceDefinition["type"]; readonly isRepeatable?: boolean } = {},
): InterfaceDefinition {
  return { id, version, type, routes, isRepeatable };
}
