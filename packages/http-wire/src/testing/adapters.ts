import type { Listen } from "../listener.ts";
import { listenOnNode } from "../node-listener.ts";

/** Everything that must hold of the seam is tested on each of these. */
export const adapters: readonly { readonly name: string; readonly listen: Listen }[] = [
  { name: "node:http", listen: listenOnNode },
];
