export type { Caller } from "./caller.ts";
export { type Authorisation, authorise } from "./authorise.ts";
export { type CredentialHeaders, environmentOperatorId, findCaller } from "./find-caller.ts";
export { ensureFirstOperator, type FirstOperator, type FirstOperatorOptions } from "./first-operator.ts";
export { KEY_BYTES, parseKey, readOrMakeKey } from "./gateway-key.ts";
export { hashToken, newOperatorToken } from "./operator-token.ts";
