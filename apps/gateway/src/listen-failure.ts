import type { ListenFailure } from "@octavo/http-wire";
import type { GatewayConfig } from "./config.ts";

/** Why there is no listener, and what to do. */
export function cannotListen(
  { host }: Pick<GatewayConfig, "host">,
  port: number,
  { code, message }: ListenFailure,
): string {
  const where = `${host}:${port}`;
  switch (code) {
    case "EADDRINUSE":
      return `Cannot listen on ${where}: another program does. Stop it, or set OCTAVO_PORT to a free port.`;
    case "EACCES":
      return `Cannot listen on ${where}: this user may not. Set OCTAVO_PORT to a port above 1023.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `Cannot listen on ${where}: this machine has no such address. Set OCTAVO_HOST to one that it has.`;
    default:
      return `Cannot listen on ${where}: ${message}`;
  }
}
