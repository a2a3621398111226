import { createOperations, type Operations } from "./generated/operations.ts";
import { createTransport, type TransportOptions } from "./transport.ts";

/** Every operation of the management API as a method: `client.tenants.modules.list({ tenantId: "demo" })`. */
export type Client = Operations;

export function createClient(options: TransportOptions): Client {
  return createOperations(createTransport(options));
}
