import type { FlowAnswer } from "../flow/flow.ts";
import type { FlowRequest } from "../flow/transcript.ts";
import type { FakeGateway } from "./fake-gateway.ts";

/** Sends a request as a client of the gateway. One that is cut off is a 502, as a balancer would have it. */
export async function sendCall(
  gateway: FakeGateway,
  tenantId: string,
  { method, path, options }: Omit<FlowRequest, "at">,
): Promise<FlowAnswer> {
  const { body, headers = {}, userId } = options;
  const isJson = typeof body === "object" && !(body instanceof Uint8Array);
  try {
    const answer = await fetch(`${gateway.url}${path}`, {
      method,
      headers: {
        "x-okapi-tenant": tenantId,
        ...(userId !== undefined && { "x-okapi-user-id": userId }),
        ...(isJson && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : asSent(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: read(text) };
  } catch (error) {
    return { status: 502, headers: {}, body: error instanceof Error ? error.message : String(error) };
  }
}

function asSent(body: object | string): string | Uint8Array<ArrayBuffer> {
  return typeof body === "string" ? body : new Uint8Array(body as Uint8Array); // JSON was taken out before
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
