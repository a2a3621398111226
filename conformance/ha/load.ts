import { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Outcome } from "./history.ts";
import type { Gateway } from "./platform.ts";
import type { Recorder } from "./recorder.ts";
import { type Sent, send } from "./send.ts";

export interface LoadOptions {
  readonly recorder: Recorder;
  /** Asked again for each call: some may have ended, others been added. */
  readonly gateways: () => readonly Gateway[];
  readonly tenants: readonly string[];
  /** A route of a canary module, for each tenant. */
  readonly path: string;
  /** Clients of modules, half of whose calls are POSTs. */
  readonly clients: number;
  /** Management writes a second, shared out to all gateways. */
  readonly writesPerSecond: number;
}

const REGISTERS = 4;
/** Between two calls of a client: the load is there to be disturbed, not to fill the machine. */
const PAUSE_MS = 5;

/** Calls modules, writes and reads registers, and asks every gateway what it has applied, until it is stopped.
 * @returns stops it, after the answers that it waits for */
export function startLoad(options: LoadOptions): () => Promise<void> {
  const stop = new AbortController();
  const agent = new Agent({ keepAlive: true });
  const repeat = async (pauseMs: number, act: (turn: number) => Promise<void>): Promise<void> => {
    for (let turn = 0; !stop.signal.aborted; turn += 1) {
      await act(turn);
      await delay(pauseMs);
    }
  };
  const at = (turn: number): Gateway => {
    const gateways = options.gateways();
    const gateway = gateways[turn % gateways.length];
    if (gateway === undefined) throw new Error("no gateway is left");
    return gateway;
  };
  const registerOf = (turn: number): string => options.recorder.register(turn % REGISTERS);
  const running = [
    ...Array.from({ length: options.clients }, (_none, client) =>
      repeat(PAUSE_MS, (turn) => callModule(options, agent, at(client + turn), turn)),
    ),
    repeat(PAUSE_MS, (turn) => readRegister(options.recorder, agent, at(turn), registerOf(turn))),
    repeat(PAUSE_MS, (turn) => look(options.recorder, agent, at(turn))),
    paced(options, stop.signal, (turn) => writeRegister(options.recorder, agent, at(turn), registerOf(turn))),
  ];
  return async () => {
    stop.abort();
    await Promise.all(running);
    agent.destroy();
  };
}

/** Begins at a fixed rate, whether or not the earlier ones have ended: what waits must not hide itself. */
async function paced(
  { writesPerSecond }: LoadOptions,
  stop: AbortSignal,
  act: (turn: number) => Promise<void>,
): Promise<void> {
  const open = new Set<Promise<void>>();
  if (writesPerSecond === 0) return;
  for (let turn = 0; !stop.aborted; turn += 1) {
    const one = act(turn).finally(() => open.delete(one));
    open.add(one);
    await delay(1000 / writesPerSecond);
  }
  await Promise.all(open);
}

async function callModule(
  { recorder, tenants, path }: LoadOptions,
  agent: Agent,
  { url }: Gateway,
  turn: number,
): Promise<void> {
  const canary = tenants[turn % tenants.length] ?? "";
  const isPost = turn % 2 === 0;
  const id = recorder.id(isPost ? "post" : "get");
  const end = recorder.call({ id, instance: url, isPost, canary });
  const sent = await send(agent, url, {
    method: isPost ? "POST" : "GET",
    path,
    headers: { "X-Okapi-Tenant": canary },
    ...(isPost && { body: id }),
  });
  if (sent.kind === "answered") {
    const answeredCanary = sent.headers["x-canary"];
    const outcome = sent.status === 200 ? "ok" : sent.status === 503 ? "fail" : "unknown";
    end({
      outcome,
      because: said(sent),
      answeredCanary: typeof answeredCanary === "string" ? answeredCanary : null,
    });
  } else end(ending(sent));
}

/** Sets a register once, or finds out under the same key what became of it. */
export async function writeRegister(
  recorder: Recorder,
  agent: Agent | false,
  { url }: Gateway,
  register: string,
): Promise<void> {
  const id = recorder.id("write");
  const end = recorder.write({ id, instance: url, register });
  const sent = await send(agent, url, writeOf(register, id));
  const outcome = outcomeOfWrite(sent);
  end({
    outcome,
    because: said(sent),
    ...(outcome === "unknown" && { endedAt: Infinity }),
    ...(outcome === "ok" && { missing: missingOf(sent), answers: [said(sent)] }),
  });
}

/** Repeats every write that nobody has said anything about, and some others, under their keys, at another gateway. */
export async function repeatWrites(recorder: Recorder, gateways: readonly Gateway[]): Promise<void> {
  const [first] = gateways;
  if (first === undefined) return;
  const sample = recorder.writes.filter(({ outcome }) => outcome === "ok").slice(-10);
  const unknown = recorder.writes.filter(({ outcome }) => outcome === "unknown");
  for (const write of [...unknown, ...unknown, ...sample]) {
    const { url } = gateways.find((gateway) => gateway.url !== write.instance) ?? first;
    const known = recorder.writes.find(({ id }) => id === write.id) ?? write;
    const end = recorder.write(known);
    const sent = await send(false, url, writeOf(write.register, write.id));
    const outcome = outcomeOfWrite(sent);
    if (outcome === "unknown") throw new Error(`${write.id} is still unknown: ${said(sent)}`);
    const answers = [...known.answers, said(sent)];
    // What is known already has ended when it was first known.
    if (known.outcome === "ok") end({ endedAt: known.endedAt, answers });
    else end({ outcome, because: `${said(sent)}, repeated`, answers });
  }
}

export async function readRegister(
  recorder: Recorder,
  agent: Agent | false,
  { url }: Gateway,
  register: string,
): Promise<void> {
  const end = recorder.read({ id: recorder.id("read"), instance: url, register });
  const sent = await send(agent, url, { method: "GET", path: `/_/env/${register}` });
  if (sent.kind !== "answered") end(ending(sent));
  else if (sent.status === 404) end({ outcome: "ok", value: null });
  else if (sent.status !== 200) end({ outcome: "unknown", because: said(sent) });
  else end({ outcome: "ok", value: (JSON.parse(sent.text) as { readonly value: string }).value }); // an entry
}

async function look(recorder: Recorder, agent: Agent, { url, process }: Gateway): Promise<void> {
  const invokedAt = recorder.now;
  const sent = await send(agent, url, { method: "GET", path: "/_/health/ready" });
  if (sent.kind !== "answered") return;
  const { revision } = JSON.parse(sent.text) as { readonly revision: number }; // Readiness of the management API
  recorder.look({ instance: url, line: String(process.pid), revision, invokedAt });
}

function writeOf(register: string, id: string) {
  return {
    method: "POST",
    path: "/_/env",
    headers: { "Idempotency-Key": id },
    body: JSON.stringify({ name: register, value: id }),
  };
}

function outcomeOfWrite(sent: Sent): Outcome {
  if (sent.kind !== "answered") return sent.kind === "not-sent" ? "fail" : "unknown";
  if (sent.status < 300) return "ok";
  return sent.status < 500 || sent.text.includes("nothing was changed") ? "fail" : "unknown";
}

/** null where the gateway could not say who has it. */
function missingOf(sent: Sent): readonly string[] | null {
  if (sent.kind !== "answered") return null;
  const applied = sent.headers["x-octavo-applied"];
  if (applied === undefined || applied === "unknown") return null;
  const missing = sent.headers["x-octavo-missing"];
  return typeof missing === "string" ? missing.split(", ") : [];
}

function ending(sent: Exclude<Sent, { readonly kind: "answered" }>) {
  return { outcome: sent.kind === "not-sent" ? "fail" : "unknown", because: sent.because } as const;
}

function said(sent: Sent): string {
  return sent.kind === "answered" ? `${sent.status} ${sent.text}` : sent.because;
}
