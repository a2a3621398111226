import { randomUUID } from "node:crypto";
import { err, ok } from "@octavo/result";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions, refusal } from "../connection.ts";
import { failure } from "../exit-codes.ts";

export const discoveryRegister = command({
  path: "discovery register",
  summary: "tells the gateway where an instance of a module answers",
  examples: [
    {
      line: "discovery register mod-users-19.4.1 http://10.0.0.7:8081",
      says: "the instance is named after its host and port",
    },
    {
      line: "discovery register mod-users-19.4.1 http://10.0.0.7:8081 --instance users-a",
      says: "with a name of your own",
    },
  ],
  operands: {
    module: { kind: "one", label: "MODULE", help: "id of a module, with its version" },
    address: { kind: "one", label: "URL", help: "where it answers, without a path" },
  },
  options: {
    instance: {
      kind: "text",
      value: "ID",
      help: "id of the instance, unique among all; default MODULE.HOST.PORT",
    },
    "dry-run": {
      kind: "flag",
      help: "only say what would be registered",
    },
    ...connectionOptions,
  },
  exits: {
    0: "registered",
    1: "refused, as where the instance id is taken",
    ...connectionExits,
  },
  run: async ({ operands, options, json }, context) => {
    const { module: moduleId, address } = operands;
    const url = httpUrl(address);
    if (url === null)
      return err(failure(2, `not an http address: ${address}`, "for example http://10.0.0.7:8081"));
    const opened = connect(options, context);
    if (!opened.ok) return opened;
    const connection = opened.value;
    const instance = {
      srvcId: moduleId,
      instId: options.instance ?? instanceIdFor(moduleId, url),
      url: address,
    };
    const { terminal } = context;
    const known = await connection.client.modules.get({ moduleId });
    if (!known.ok && known.status !== 404) return err(refusal(known, connection));
    // Accepted all the same, as by Okapi: instances may be announced before descriptors.
    if (!known.ok) terminal.say(`octavo: note: no module ${moduleId} is known yet`);
    if (options["dry-run"]) {
      const says = `${instance.instId} at ${address} would be registered. Nothing was changed.`;
      terminal.print(json ? JSON.stringify(instance, null, 2) : says);
      return ok(undefined);
    }
    const sent = await connection.client.discovery.modules.register({
      body: instance,
      idempotencyKey: randomUUID(),
    });
    const registered = accept(sent, connection);
    if (!registered.ok) return registered;
    terminal.print(json ? registered.value.text : `${instance.instId} registered at ${address}.`);
    return ok(undefined);
  },
});

/** The same call gives the same id, so that registering twice is noticed. */
function instanceIdFor(moduleId: string, url: URL): string {
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return `${moduleId}.${url.hostname.replaceAll(/[[\]]/gu, "")}.${port}`;
}

function httpUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/u.test(url.protocol) ? url : null;
}
