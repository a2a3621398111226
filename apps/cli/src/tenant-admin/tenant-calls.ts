import { err, ok, type Result } from "@octavo/result";
import type { Connection } from "../connection.ts";
import { failure, type Failure } from "../exit-codes.ts";

/** Calls to a tenant's modules through the gateway, as the tenant's system operator (DECISIONS 3). */
export class TenantCalls {
  readonly #connection: Connection;
  readonly #tenantId: string;

  constructor(connection: Connection, tenantId: string) {
    this.#connection = connection;
    this.#tenantId = tenantId;
  }

  /** @returns the body, null where there is none; err where the answer is none of `accepted` */
  async send(
    method: "GET" | "POST" | "PUT",
    path: string,
    body: object | null,
    accepted: readonly number[],
  ): Promise<Result<{ readonly status: number; readonly body: unknown }, Failure>> {
    const { url, token } = this.#connection;
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          "x-okapi-tenant": this.#tenantId,
          ...(token !== null && { "x-okapi-token": token }),
          ...(body !== null && { "content-type": "application/json" }),
        },
        ...(body !== null && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      text = await answer.text();
    } catch (cause) {
      return err(
        failure(3, `${method} ${path} has no answer: ${String(cause)}`, "is the gateway up? see: --url"),
      );
    }
    const { status } = answer;
    if (accepted.includes(status)) return ok({ status, body: text === "" ? null : parsed(text) });
    const said = `${method} ${path} is answered with ${status}: ${messageOf(text)}`;
    if (status === 401 || status === 403) {
      return err(failure(4, said, "use the token of an operator with the role tenant-admin"));
    }
    return err(
      failure(
        1,
        said,
        status === 404 ? `enable the module that answers ${path} for ${this.#tenantId}` : null,
      ),
    );
  }
}

const TIMEOUT_MS = 60_000;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** FOLIO's Errors JSON by its first message, anything else as it is. */
function messageOf(text: string): string {
  const body = parsed(text);
  if (typeof body !== "object" || body === null || !("errors" in body) || !Array.isArray(body.errors))
    return text;
  const [first] = body.errors as readonly { readonly message?: unknown }[]; // as: whatever it holds, only a text is shown
  return typeof first?.message === "string" ? first.message : text;
}
