import type { AnswerVector, SeenByClient } from "./answer-vector.ts";
import type { AnsweringModule, AnswerManner } from "./answering-module.ts";
import type { Lane } from "./lanes.ts";
import { RawConnection } from "./raw-connection.ts";
import { statusOf, type StrictMessage, valuesOf } from "./strict-message.ts";

/** Has the module answer so on a connection that has served a good request, and then lets another client ask.
 * @returns a line for each thing that is not as expected */
export async function examineAnswer(
  lane: Lane<AnsweringModule>,
  vector: AnswerVector,
  manner: AnswerManner,
): Promise<string[]> {
  const { module } = lane;
  module.script = { vector, manner };
  module.take();
  const complaints = [...(await askWell(lane, "before"))];
  const client = await RawConnection.open(lane.gatewayUrl);
  const canary = newCanary();
  client.send(requestOf(vector.method, "/answer/vector", lane.tenant, canary));
  complaints.push(...differences(await client.answer(vector.method), vector));
  client.destroy();

  const asked = module.take().filter((each) => each.canary === canary);
  if (asked.length !== 1) complaints.push(`the module was asked ${asked.length} times`);
  const used = asked[0]?.connection ?? 0;
  if (vector.afterwards !== null) module.say(used, vector.afterwards);
  const isReused = vector.expect.kind === "accepted" && vector.expect.isReused;
  if (!isReused && !(await module.isClosed(used))) complaints.push("its connection stays open");
  complaints.push(...(await askWell(lane, "behind")));
  const next = module.take()[0]?.connection;
  if (isReused !== (next === used)) {
    complaints.push(`connection ${used} ${isReused ? "was not used again" : "was used again"}`);
  }
  return complaints;
}

async function askWell({ gatewayUrl, tenant }: Lane<AnsweringModule>, when: string): Promise<string[]> {
  const canary = newCanary();
  const client = await RawConnection.open(gatewayUrl);
  client.send(requestOf("GET", "/answer/good", tenant, canary));
  const answer = await client.answer("GET");
  client.destroy();
  if (typeof answer === "string") return [`the client ${when} got ${answer}`];
  return answer.body === `canary ${canary}`
    ? []
    : [`the client ${when} got ${statusOf(answer)} ${answer.body}`];
}

function requestOf(method: string, path: string, tenant: string, canary: string): string {
  return `${method} ${path} HTTP/1.1\r\nHost: library.example\r\nX-Okapi-Tenant: ${tenant}\r\nX-Canary: ${canary}\r\n\r\n`;
}

const breaks = ["an answer that breaks off", "no answer before the end"];

function differences(answer: StrictMessage | string, { expect }: AnswerVector): string[] {
  if (expect.kind === "cut" && typeof answer === "string" && breaks.includes(answer)) return [];
  if (typeof answer === "string") return [answer];
  if (expect.kind === "accepted") return differencesOf(answer, expect.seen);
  const status = statusOf(answer);
  if (status !== 502) return [`status ${status}, not 502: ${answer.body}`];
  return /^proxyClient failure: lane-1\.0\.\d+: [ -~]{10,}\. The request can be sent again$/.test(answer.body)
    ? []
    : [`no sentence: ${answer.body}`];
}

function differencesOf(answer: StrictMessage, seen: SeenByClient): string[] {
  const found: string[] = [];
  const status = statusOf(answer);
  if (status !== seen.status) found.push(`status ${status}, not ${seen.status}: ${answer.body}`);
  if (answer.body !== seen.body) found.push(`body ${JSON.stringify(answer.body.slice(0, 200))}`);
  for (const [name, value] of Object.entries(seen.has)) {
    const values = valuesOf(answer, name).join(", ");
    if (values !== value) found.push(`${name}: ${JSON.stringify(values)}, not ${JSON.stringify(value)}`);
  }
  for (const name of seen.lacks) if (valuesOf(answer, name).length > 0) found.push(`a header ${name}`);
  const text = JSON.stringify(answer);
  if (seen.nowhere !== null && text.includes(seen.nowhere)) found.push(`${seen.nowhere} in it: ${text}`);
  return found;
}

let canaries = 0;

function newCanary(): string {
  canaries += 1;
  return `a${canaries}`;
}
