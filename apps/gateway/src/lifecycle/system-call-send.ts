import { randomInt } from "node:crypto";
import type { CancelSignal, HeaderList, UpstreamRequest } from "@octavo/http-wire";
import { ok, type Result } from "@octavo/result";
import type { GatewayFailure, UpstreamAnswer, UpstreamModuleInstance } from "@octavo/upstream";
import { runningModule } from "../proxy/running-module.ts";
import {
  callFailed,
  failed,
  type SystemAnswer,
  type SystemCall,
  type SystemCallFailure,
  type SystemCallParts,
} from "./system-call.ts";

const ANSWER_BYTES = 4 * 1024 * 1024;
/** Of an answer that is repeated in a sentence. */
const QUOTED_CHARACTERS = 4000;

const POOL_OF_CALL = " for one system call";

/** Whether a pool comes and goes with a single call. */
export function isPoolOfSystemCall(moduleId: string): boolean {
  return moduleId.endsWith(POOL_OF_CALL);
}

/** Sends to one instance; to the next where it is certain that nothing was sent.
 * @param headers all but X-Okapi-Url-to, which names the instance */
export async function sendToOne(
  parts: SystemCallParts,
  call: SystemCall,
  headers: HeaderList,
): Promise<Result<SystemAnswer, SystemCallFailure>> {
  const running = runningModule(parts.registry.snapshot, call.module.id);
  if (running === null) {
    // Okapi: message 11100.
    return failed(
      "no-instance",
      `No running instances for module ${call.module.id}. Can not invoke ${call.path}`,
    );
  }
  const endsAt = parts.registry.clock.now() + call.withinMs;
  let last: SystemCallFailure | null = null;
  for (const instance of inOrder(running.instances, call.instanceId)) {
    // All instances have one time together.
    const withinMs = Math.ceil(endsAt - parts.registry.clock.now());
    if (withinMs <= 0) break;
    const sent = await sendTo(parts, { ...call, withinMs }, headers, instance);
    if (sent.ok || sent.error.kind !== "not-sent" || call.signal.aborted) return sent;
    last = sent.error;
  }
  return failed("not-sent", last?.message ?? "");
}

/** The wanted one first, the others from a random one on, as Okapi picks at random. */
function inOrder(
  instances: readonly UpstreamModuleInstance[],
  wantedId: string | null,
): readonly UpstreamModuleInstance[] {
  const from = randomInt(instances.length);
  const turned = [...instances.slice(from), ...instances.slice(0, from)];
  const wanted = turned.filter(({ instanceId }) => instanceId === wantedId);
  return [...wanted, ...turned.filter(({ instanceId }) => instanceId !== wantedId)];
}

async function sendTo(
  parts: SystemCallParts,
  call: SystemCall,
  headers: HeaderList,
  instance: UpstreamModuleInstance,
): Promise<Result<SystemAnswer, SystemCallFailure>> {
  const { upstreams, registry, log } = parts;
  // A pool of its own: the module must know which instance it is (X-Okapi-Url-to), so the instance is chosen here, and
  // that the proxy has ejected it or is busy with it keeps no migration from running.
  const moduleId = `${call.module.id} at ${instance.instanceId}${POOL_OF_CALL}`;
  const deadline = registry.clock.now() + call.withinMs;
  const policy = {
    tenantId: call.tenantId,
    firstByteMs: call.withinMs,
    bodyIdleMs: null,
    deadline,
    isRepeatable: false,
  };
  const expiry = AbortSignal.timeout(Math.min(Math.ceil(call.withinMs), 2 ** 31 - 1));
  const request: UpstreamRequest = {
    method: call.method,
    target: call.path,
    rawHeaders: [...headers, "X-Okapi-Url-to", instance.url],
    body: call.body === "" ? null : new TextEncoder().encode(call.body),
    contentLength: null,
    signal: AbortSignal.any([call.signal, expiry]),
    // A kept connection may be closed by the module just then, and nobody could tell whether it had read the request.
    isOnNewConnection: true,
  };
  try {
    const answered = await upstreams.send({ moduleId, instances: [instance] }, request, policy);
    if (!answered.ok) {
      const { wasSent, detail } = answered.error;
      // Which of the two bounds is noticed first is chance; the reason is the same.
      const isExpired = expiry.aborted && !call.signal.aborted;
      const kind = isExpired ? "deadline" : answered.error.kind;
      log.warn(
        { tenantId: call.tenantId, moduleId: call.module.id, path: call.path, kind, detail },
        "system call failed",
      );
      return failed(
        wasSent ? "unanswered" : "not-sent",
        callFailed(call, sentenceOf(kind, call.withinMs)),
        instance,
      );
    }
    return await readAnswer(call, answered.value, request.signal);
  } finally {
    upstreams.setInstances(moduleId, []);
  }
}

async function readAnswer(
  call: SystemCall,
  answer: UpstreamAnswer,
  signal: CancelSignal,
): Promise<Result<SystemAnswer, SystemCallFailure>> {
  const { status, rawHeaders, instanceId } = answer;
  const body = await textOf(answer, signal);
  // The head alone says whether it was refused; a success is none before the whole of it is there.
  if (status < 200 || status > 299) {
    const quoted = (body ?? "").slice(0, QUOTED_CHARACTERS);
    return failed("refused", callFailed(call, `${status}: ${quoted}`), { status, instanceId });
  }
  if (body === null) {
    const because = `an answer that broke off, or is longer than ${ANSWER_BYTES} bytes`;
    return failed("unanswered", callFailed(call, because), { status, instanceId });
  }
  return ok({ status, headers: rawHeaders, body, instanceId });
}

async function textOf(answer: UpstreamAnswer, signal: CancelSignal): Promise<string | null> {
  const giveUp = (): void => answer.abandon();
  signal.addEventListener("abort", giveUp);
  try {
    const bytes = answer.body === null ? new Uint8Array() : await answer.body.readAll(ANSWER_BYTES);
    if (bytes === null) answer.abandon();
    return bytes === null ? null : new TextDecoder().decode(bytes);
  } catch {
    return null;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

function sentenceOf(kind: GatewayFailure["kind"], withinMs: number): string {
  switch (kind) {
    case "connect-refused":
      return "Connection refused";
    case "reset":
      return "Connection was closed";
    case "deadline":
    case "first-byte-timeout":
      return `no answer within ${Math.ceil(withinMs / 1000)} s`;
    case "aborted":
      return "the call was given up before it was answered";
    default:
      return kind;
  }
}
