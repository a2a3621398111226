import { readText, sendText, startHttpModule } from "../okapi-modules/http-module.ts";
import { startStandIns } from "./start-stand-ins.ts";
import type { HostedDescriptor } from "./system-interfaces.ts";

// Stand-in modules as a process of their own. Prints one line of JSON, {"modules", "control"}: the address below which each
// module is found by its id, and the one that is asked for more:
//   POST /modules   a list of descriptors: answers for these too
//   GET  /calls     all calls so far, or those from ?since=N on
// It ends with its standard input.

const standIns = await startStandIns();
const control = await startHttpModule(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://stand-ins");
  if (request.method === "POST" && pathname === "/modules") {
    // as: descriptors; only their system interfaces are read
    standIns.host(JSON.parse(await readText(request)) as readonly HostedDescriptor[]);
    response.writeHead(204).end();
  } else if (request.method === "GET" && pathname === "/calls") {
    const calls = standIns.calls.slice(Number(searchParams.get("since") ?? "0"));
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(calls));
  } else {
    sendText(response, 404, "POST /modules or GET /calls");
  }
});
process.stdout.write(
  `${JSON.stringify({ modules: standIns.urlOf("").slice(0, -1), control: control.url })}\n`,
);
process.stdin.resume().on("end", () => process.exit(0));
