import { createModule } from "./module.ts";

// HTTP_PORT is what FOLIO's modules read too; 0 takes a free port.
const port = Number(process.env["HTTP_PORT"] ?? "8081");
const server = createModule();

server.on("error", (error) => {
  process.stderr.write(`reading-list: cannot listen on port ${port}: ${error.message}\n`);
  process.exitCode = 1;
});
server.listen(port, "127.0.0.1", () => {
  const address = server.address();
  const taken = typeof address === "object" && address !== null ? address.port : port;
  process.stdout.write(`reading-list listens on http://127.0.0.1:${taken}\n`);
});

/** What is in flight is answered; kept connections would hold the process. */
const stop = (): void => {
  server.close();
  server.closeIdleConnections();
  if (process.connected) process.disconnect();
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
// Where another program of Node has started it: it ends with that one, however that ends.
process.once("disconnect", stop);
