import { Type } from "typebox";
import { bytes, streamed } from "../definition/answer.ts";
import { defineInterface } from "../definition/interface.ts";
import { defineModule, type ModuleDefinition } from "../definition/module.ts";
import type { ModulePart } from "../definition/part.ts";
import { route } from "../definition/route.ts";
import { currentContext } from "../http/current-context.ts";
import { conflict, invalid } from "../http/refusal.ts";

const Loan = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    title: Type.String({ minLength: 1, maxLength: 20 }),
    days: Type.Optional(Type.Integer({ minimum: 1 })),
    borrower: Type.Optional(Type.Object({ name: Type.String() }, { additionalProperties: false })),
  },
  { additionalProperties: false },
);

/** What tests of the server see of the inside. */
export interface Inside {
  /** Filled by GET /loans/numbers when its loop ends. */
  readonly onNumbersEnd: (at: number, hasContext: boolean) => void;
  /** GET /loans/slow tells that it has begun and waits for this, or for its own end. */
  readonly slow: (signal: AbortSignal) => Promise<void>;
}

/** A module that does each thing once which the server must do right. */
export function lending(inside: Partial<Inside> = {}, parts: readonly ModulePart[] = []): ModuleDefinition {
  return defineModule({
    name: "octavo-lending",
    version: "1.0.0",
    title: "Lending",
    parts,
    interfaces: [
      defineInterface("lending", "1.0", [
        route({
          method: "GET",
          path: "/loans",
          query: Type.Object({
            limit: Type.Integer({ minimum: 0, maximum: 100, default: 10 }),
            open: Type.Optional(Type.Boolean()),
            state: Type.Optional(Type.Array(Type.String())),
          }),
          answers: { 200: Type.Object({ query: Type.Unknown(), who: Type.Unknown() }) },
          handle: ({ query, context: { tenantId, userId, requestId, permissions } }) => ({
            status: 200,
            body: { query, who: { tenantId, userId, requestId, permissions: [...permissions] } },
          }),
        }),
        route({
          method: "POST",
          path: "/loans",
          body: Loan,
          bodyLimitBytes: 1_000,
          answers: { 201: Loan },
          handle: ({ body }) => {
            if (body.title === "lent") throw conflict("It is lent already", "lent");
            if (body.title === "wrong") return invalid("title", body.title, "title is not one of ours");
            if (body.title === "broken") throw new Error("a secret of the inside");
            const more = body.title === "more" ? { hidden: "not to be sent" } : {};
            return { status: 201, headers: { location: `/loans/${body.id}` }, body: { ...body, ...more } };
          },
        }),
        route({
          method: "GET",
          path: "/loans/{id}",
          params: Type.Object({ id: Type.Integer() }),
          answers: { 200: Type.Object({ id: Type.Integer() }), 204: null },
          handle: ({ params }) => (params.id === 0 ? { status: 204 } : { status: 200, body: params }),
        }),
        route({
          method: "DELETE",
          path: "/loans/{id}",
          answers: { 204: null },
          handle: () => ({ status: 204 }),
        }),
        route({
          method: "POST",
          path: "/loans/{id}/return",
          answers: { 204: null },
          handle: () => ({ status: 204 }),
        }),
        route({
          method: "GET",
          path: "/loans/numbers",
          answers: { 200: Type.Array(Type.Integer()) },
          handle: () => ({ status: 200, body: streamed(numbers(inside)) }),
        }),
        route({
          method: "POST",
          path: "/loans/file",
          body: bytes(["*"], 100_000),
          answers: { 200: bytes(["text/plain"]) },
          handle: async ({ body }) => {
            let count = 0;
            for await (const piece of body) count += piece.length;
            return { status: 200, body: new TextEncoder().encode(`${count} bytes`) };
          },
        }),
        route({
          method: "GET",
          path: "/loans/slow",
          answers: { 204: null },
          handle: async ({ context: { signal } }) => {
            await inside.slow?.(signal);
            return { status: 204 };
          },
        }),
      ]),
    ],
  });
}

/** How many GET /loans/numbers gives. */
export const NUMBERS = 20_000;
const PADDING = " ".repeat(1_000);

async function* numbers({ onNumbersEnd }: Partial<Inside>): AsyncGenerator<string> {
  let at = 0;
  try {
    yield "[0";
    // 20 MB: more than the system takes for a client that does not read.
    for (at = 1; at < NUMBERS; at++) yield `,${PADDING}${at}`;
    yield "]";
  } finally {
    onNumbersEnd?.(at, currentContext() !== null);
  }
}
