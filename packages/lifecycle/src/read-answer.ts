import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from "@octavo/json";
import { err, ok, type Result } from "@octavo/result";
import type { CallEvent } from "./call-state.ts";
import type { ModuleAnswer } from "./module-caller.ts";
import type { ModuleCall } from "./planned-call.ts";

/** What the answer to a call of a step means. Sentences are Okapi's where it has one. */
export function eventOfAnswer(call: ModuleCall, answer: ModuleAnswer): CallEvent {
  if (answer.kind !== "answered") return eventOfFailure(answer);
  if (call.kind === "permissions" || answer.location === null) return { kind: "done" };
  const where = `for module ${call.moduleId}: ${call.method} ${call.path}`;
  if (call.job === null) return broken(`Unexpected Location header in response ${where}`);
  const json = readObject(answer.body);
  if (!json.ok) return broken(`${json.error} (response ${where})`);
  const id = json.value.get("id");
  if (typeof id !== "string" || id === "" || id.length > LONGEST_ID) {
    return broken(`Missing id property in JSON response ${where}`);
  }
  return { kind: "job-begun", instanceId: answer.instanceId, moduleJob: id };
}

const LONGEST_ID = 256;

/** The module's job is looked at.
 * - `works`: it goes on
 * - `silent`: the module cannot be reached, or is not ready; its job may go on */
export type Look =
  | CallEvent
  | { readonly kind: "works" }
  | { readonly kind: "silent"; readonly message: string };

export function lookOfAnswer(call: ModuleCall, answer: ModuleAnswer): Look {
  if (answer.kind !== "answered") {
    const isSilent =
      answer.kind !== "not-allowed" && (answer.status === null || isGatewayStatus(answer.status));
    return isSilent ? { kind: "silent", message: answer.message } : eventOfFailure(answer);
  }
  const json = readObject(answer.body);
  if (!json.ok) return broken(`${json.error} (job of module ${call.moduleId})`);
  if (json.value.get("complete") !== true) return { kind: "works" };
  const error = json.value.get("error") ?? null;
  if (error === null) return { kind: "job-ended", error: null };
  const lines = [error, ...listOf(json.value.get("messages") ?? null)].map(textOf);
  return {
    kind: "job-ended",
    error: `Tenant operation failed for module ${call.moduleId}: ${lines.join("\n")}`,
  };
}

function eventOfFailure({ kind, message }: Exclude<ModuleAnswer, { kind: "answered" }>): CallEvent {
  switch (kind) {
    case "not-sent":
    case "unanswered":
      return { kind, message };
    case "refused":
    case "no-instance":
    case "not-allowed":
      return { kind: "failed", message, fault: "user" };
  }
}

function broken(message: string): CallEvent {
  return { kind: "failed", message, fault: "internal" };
}

/** What stands before a module says so while it starts or is replaced. */
function isGatewayStatus(status: number): boolean {
  return status >= 502 && status <= 504;
}

function readObject(body: string): Result<JsonObject, string> {
  const json = parseJson(body);
  if (!json.ok) return err(`Failed to decode:${json.error.message}`);
  return isJsonObject(json.value) ? ok(json.value) : err("Failed to decode:it is no JSON object");
}

function listOf(value: JsonValue): readonly JsonValue[] {
  return isJsonArray(value) ? value : [];
}

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
