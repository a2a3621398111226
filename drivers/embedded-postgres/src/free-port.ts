import { createServer } from "node:net";

/** A port of 127.0.0.1 that nothing listens on: the preferred one where it is free, else one of the system's choice.
 * PostgreSQL cannot be told to take any port, so between this answer and its start another may take it. */
export async function freePort(preferred: number | null): Promise<number> {
  const kept = preferred === null ? null : await tryListen(preferred);
  return kept ?? (await tryListen(0)) ?? 0;
}

function tryListen(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(null));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => {
      const address = server.address();
      const bound = address !== null && typeof address === "object" ? address.port : null;
      server.close(() => resolve(bound));
    });
  });
}
