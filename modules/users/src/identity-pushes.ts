import { identityPushes } from "@octavo/module-kit";

/** Gateways know that somebody is no longer active before whoever made him so has the answer. */
export const pushes = identityPushes();
