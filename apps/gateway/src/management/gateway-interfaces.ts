import type { InterfaceReference } from "@octavo/descriptor";

/** What the gateway itself provides to every tenant (DECISIONS 7): these meet a requirement where no module does. */
export const gatewayInterfaces: readonly InterfaceReference[] = [
  { id: "authtoken", version: "2.0", scope: [] },
  { id: "authtoken2", version: "1.0", scope: [] },
];
