import { identityPushes } from "@octavo/module-kit";

/** Gateways know what has changed before whoever changed it has the answer. */
export const pushes = identityPushes();
