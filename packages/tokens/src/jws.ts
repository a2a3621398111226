import { sign as signBytes, verify as verifyBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isJsonObject, parseJson, printCompact } from "@octavo/json";
import type { JsonObject } from "@octavo/json";
import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import type { VerifyError, VerifyErrorKind } from "./verify-error.ts";

/** The compact form of RFC 7515, with one algorithm (Ed25519) and as strict as RFC 8725 asks: `typ` is required, `kid` is a
 * look-up in a map, and no header parameter may say where a key comes from. */
export interface Jws {
  readonly typ: string;
  readonly kid: string;
  readonly payload: JsonObject;
}

export interface SignWith {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

export interface VerifyWith {
  readonly kid: string;
  readonly publicKey: KeyObject;
  /** The one tenant it signs for; null: for every tenant. */
  readonly tenantId: string | null;
}

/** By kid. */
export type VerificationKeys = ReadonlyMap<string, VerifyWith>;

/** Bytes of a token. Longer ones would not fit into the header block that many modules accept. */
export const LONGEST_TOKEN = 8192;

export function signJws(typ: string, payload: JsonObject, key: SignWith): string {
  const header = new Map([
    ["alg", "EdDSA"],
    ["typ", typ],
    ["kid", key.kid],
  ]);
  const input = `${encodeJson(header)}.${encodeJson(payload)}`;
  return `${input}.${encodeBase64url(signBytes(null, Buffer.from(input, "latin1"), key.privateKey))}`;
}

/** The signature is checked; what the payload says is not (see verify-token.ts). */
export function openJws(
  token: string,
  keys: VerificationKeys,
): Result<Jws & { key: VerifyWith }, VerifyError> {
  if (token.length > LONGEST_TOKEN) return no("too-long", `the token is longer than ${LONGEST_TOKEN} bytes`);
  const first = token.indexOf(".");
  const second = token.indexOf(".", first + 1);
  if (first === -1 || second === -1) return no("malformed", "a token has three segments");
  const header = openHeader(token.slice(0, first));
  if (!header.ok) return header;
  const { kid, typ } = header.value;
  const key = keys.get(kid);
  if (key === undefined) return no("unknown-key", `no key "${shown(kid)}" is known here`);
  const signature = decodeBase64url(token.slice(second + 1));
  if (signature === null) return no("malformed", "the signature is not base64url, or more than one segment");
  const signed = Buffer.from(token.slice(0, second), "latin1");
  if (!verifyBytes(null, signed, key.publicKey, signature)) {
    return no("bad-signature", `the signature is not of key "${shown(kid)}"`);
  }
  const payload = decodeJson(token.slice(first + 1, second), "payload");
  return payload.ok ? ok({ typ, kid, payload: payload.value, key }) : payload;
}

function openHeader(segment: string): Result<{ typ: string; kid: string }, VerifyError> {
  const decoded = decodeJson(segment, "header");
  if (!decoded.ok) return decoded;
  const header = decoded.value;
  if (header.get("alg") !== "EdDSA") return no("wrong-algorithm", "the algorithm of a token is EdDSA");
  for (const name of header.keys()) {
    if (name !== "alg" && name !== "typ" && name !== "kid") {
      return no("unsupported-header", `the header parameter "${shown(name)}" is not supported`);
    }
  }
  const typ = header.get("typ");
  const kid = header.get("kid");
  if (typeof typ !== "string") return no("wrong-type", "a token names its type in typ");
  if (typeof kid !== "string") return no("unknown-key", "a token names its key in kid");
  return ok({ typ, kid });
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeJson(segment: string, part: "header" | "payload"): Result<JsonObject, VerifyError> {
  const bytes = decodeBase64url(segment);
  if (bytes === null) return no("malformed", `the ${part} is not base64url`);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return no("malformed", `the ${part} is not UTF-8`);
  }
  const json = parseJson(text, { maxDepth: 8 });
  if (!json.ok) return no("malformed", `the ${part} is not JSON: ${json.error.message}`);
  return isJsonObject(json.value) ? ok(json.value) : no("malformed", `the ${part} is not an object`);
}

function encodeJson(value: JsonObject): string {
  return Buffer.from(printCompact(value), "utf8").toString("base64url");
}

function no(kind: VerifyErrorKind, message: string) {
  return err<VerifyError>({ kind, message });
}

/** Short and on one line, whatever was sent. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60)).slice(1, -1);
}
