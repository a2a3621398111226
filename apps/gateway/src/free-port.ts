import { once } from "node:events";
import { createServer } from "node:net";

/** A port that is free now. The registry is told our address before anybody can be listened to. */
export async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return address !== null && typeof address === "object" ? address.port : 0;
}
