import { Type, type TSchema } from "typebox";
import type { Answer } from "./operation.ts";

export function jsonAnswer(status: number, schema: TSchema, description: string): Answer {
  return { status, schema, contentType: "application/json", description };
}

export function textAnswer(description: string): Answer {
  return { status: 200, schema: Type.String(), contentType: "text/plain", description };
}

export function emptyAnswer(description: string): Answer {
  return { status: 204, schema: null, contentType: null, description };
}

/** Errors are the bare message as text, as in Okapi. */
export function errorAnswer(status: number, description: string): Answer {
  return { status, schema: Type.String(), contentType: "text/plain", description };
}
