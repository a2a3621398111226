import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { S3Credentials } from "../s3/s3-settings.ts";

/** A request as its signature covers it. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface Accepted {
  /** What the signer says of the body: hex of its sha-256, or UNSIGNED-PAYLOAD. */
  readonly payload: string;
}

/** S3's error code. */
export type Refusal =
  | "AccessDenied"
  | "InvalidAccessKeyId"
  | "SignatureDoesNotMatch"
  | "RequestTimeTooSkewed";

const ALGORITHM = "AWS4-HMAC-SHA256";
const MOST_SKEW_MS = 15 * 60 * 1000;

/** Checks signature version 4, in the header or in the query.
 * @see "Signature Calculations for the Authorization Header" and "Authenticating Requests: Using Query Parameters" of the S3 API reference */
export function verifySignature(
  request: SignedRequest,
  { accessKeyId, secretAccessKey }: S3Credentials,
  now: Date,
): Accepted | Refusal {
  const query = new URL(request.target, "http://s3").searchParams;
  const claim = query.has("X-Amz-Signature") ? claimInQuery(query) : claimInHeader(request);
  if (claim === null) return "AccessDenied";
  const [keyId, date = "", region = "", service = "", end] = claim.credential.split("/");
  if (keyId !== accessKeyId) return "InvalidAccessKeyId";
  if (end !== "aws4_request" || !claim.time.startsWith(date)) return "SignatureDoesNotMatch";
  const ageMs = now.getTime() - parseTime(claim.time);
  if (claim.forSeconds === null ? Math.abs(ageMs) > MOST_SKEW_MS : ageMs < -MOST_SKEW_MS)
    return "RequestTimeTooSkewed";
  if (claim.forSeconds !== null && ageMs > claim.forSeconds * 1000) return "AccessDenied";

  const canonical = canonicalRequest(request, claim);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = [ALGORITHM, claim.time, scope, sha256(canonical)].join("\n");
  const key = [date, region, service, "aws4_request"].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  const expected = hmac(key, text);
  const given = Buffer.from(claim.signature, "hex");
  const isSame = given.length === expected.length && timingSafeEqual(given, expected);
  return isSame ? { payload: claim.payload } : "SignatureDoesNotMatch";
}

interface Claim {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly time: string;
  readonly payload: string;
  /** How long a URL is good; null for a header. */
  readonly forSeconds: number | null;
}

function claimInHeader({ headers }: SignedRequest): Claim | null {
  const { authorization = "", "x-amz-date": time = "", "x-amz-content-sha256": payload } = headers;
  const match = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)$/u.exec(
    authorization,
  );
  if (match === null || payload === undefined) return null;
  const [, credential = "", signed = "", signature = ""] = match;
  return { credential, signedHeaders: signed.split(";"), signature, time, payload, forSeconds: null };
}

function claimInQuery(query: URLSearchParams): Claim | null {
  const get = (name: string): string => query.get(`X-Amz-${name}`) ?? "";
  const forSeconds = Number(get("Expires"));
  if (get("Algorithm") !== ALGORITHM || !(forSeconds >= 1 && forSeconds <= 604_800)) return null;
  return {
    credential: get("Credential"),
    signedHeaders: get("SignedHeaders").split(";"),
    signature: get("Signature"),
    time: get("Date"),
    payload: "UNSIGNED-PAYLOAD",
    forSeconds,
  };
}

function canonicalRequest({ method, target, headers }: SignedRequest, claim: Claim): string {
  const [path = "", query = ""] = target.split("?");
  const parameters = [...new URLSearchParams(query)]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted();
  return [
    method,
    path
      .split("/")
      .map((part) => encode(decodeURIComponent(part)))
      .join("/"),
    parameters.join("&"),
    ...claim.signedHeaders.map((name) => `${name}:${(headers[name] ?? "").trim().replaceAll(/ +/gu, " ")}`),
    "",
    claim.signedHeaders.join(";"),
    claim.payload,
  ].join("\n");
}

/** RFC 3986: everything but the unreserved. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/gu,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `20260101T120000Z` */
function parseTime(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u, "$1-$2-$3T$4:$5:$6Z"));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
