import { request } from "node:http";
import { readText, type RunningModule, startHttpModule } from "@octavo/testing/okapi-modules/http-module";
import type { History } from "../history.ts";
import { Recorder } from "../recorder.ts";

/** A gateway of a few lines before a module that carries out what it gets, and then loses its connection at every second call.
 * @param retries whether what was sent is sent again when no answer comes */
export async function relayPosts(retries: boolean): Promise<History> {
  const received = new Map<string, number>();
  let calls = 0;
  const module = await startHttpModule(async (incoming, response) => {
    const id = await readText(incoming);
    received.set(id, (received.get(id) ?? 0) + 1);
    calls += 1;
    if (calls % 2 === 0) incoming.socket.destroy();
    else response.end(id);
  });
  const relay = await startHttpModule(async (incoming, response) => {
    const id = await readText(incoming);
    const first = await post(module.url, id);
    const answer = first === null && retries ? await post(module.url, id) : first;
    response.writeHead(answer === null ? 502 : 200).end(answer ?? "the module's connection was lost");
  });
  const recorder = new Recorder();
  for (let number = 0; number < 6; number += 1) await callThrough(relay, recorder);
  await relay.close();
  await module.close();
  return recorder.history({ effects: new Map(), chainFault: null, received });
}

async function callThrough(relay: RunningModule, recorder: Recorder): Promise<void> {
  const id = recorder.id("post");
  const end = recorder.call({ id, instance: "relay", isPost: true, canary: "diku" });
  const text = await post(relay.url, id);
  if (text === id) end({ outcome: "ok", because: "200", answeredCanary: "diku" });
  else end({ outcome: "unknown", because: text ?? "no answer" });
}

/** @returns null where no answer came */
function post(url: string, body: string): Promise<string | null> {
  return new Promise((resolve) => {
    const sent = request(url, { method: "POST", agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve(text));
      response.on("error", () => resolve(null));
    });
    sent.on("error", () => resolve(null));
    sent.end(body);
  });
}
