import { connect, type NetConnectOpts } from "node:net";

const CODE = 80_877_102;

/** Asks a server to cancel what one of its sessions runs (PostgreSQL, "Cancel Request"): a connection of its own, with the session's
 * secret and no answer. A server that takes TLS only takes this all the same. */
export function sendCancelRequest(server: NetConnectOpts, processId: number, secretKey: number): void {
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(CODE, 4);
  message.writeInt32BE(processId, 8);
  message.writeInt32BE(secretKey, 12);
  const socket = connect(server);
  socket.on("error", () => socket.destroy()); // then the statement runs until its timeout
  socket.setTimeout(5000, () => socket.destroy());
  socket.end(message);
  socket.resume();
}
