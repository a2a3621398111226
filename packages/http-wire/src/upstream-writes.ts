import type { Socket } from "node:net";

/** How long a failed write waits for what the peer has said before it closed. */
const PATIENCE_MS = 250;

/** A module that refuses a body answers, closes, and resets what we still send. Node would destroy the socket at the failed
 * write, with the answer unread in the system's buffer. So a failed write is told late: reading comes to its end first.
 * Bodies wait meanwhile, as for a peer that does not read. */
export function letAnswersThrough<T extends Socket>(socket: T): T {
  // oxlint-disable no-underscore-dangle -- so are the methods of a stream called that its maker may replace
  const write = socket._write.bind(socket);
  socket._write = (chunk, encoding, callback) => write(chunk, encoding, patient(socket, callback));
  const writeMany = socket._writev?.bind(socket);
  if (writeMany !== undefined) {
    socket._writev = (chunks, callback) => writeMany(chunks, patient(socket, callback));
  }
  // oxlint-enable no-underscore-dangle
  return socket;
}

function patient(socket: Socket, callback: (error?: Error | null) => void): (error?: Error | null) => void {
  return (error) => {
    if (error === null || error === undefined || socket.connecting) {
      callback(error);
      return;
    }
    const timer = setTimeout(() => callback(error), PATIENCE_MS);
    socket.once("close", () => {
      clearTimeout(timer);
      callback(error);
    });
  };
}
