export type { IdentityChange } from "./identity-change.ts";
export { IdentityPushes, identityPushes } from "./identity-pushes-part.ts";
