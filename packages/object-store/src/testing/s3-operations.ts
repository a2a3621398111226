import type { Bucket, BucketObject, BucketUpload, LifecycleRule } from "./bucket.ts";

/** A request that is signed and read. */
export interface S3Request {
  readonly method: string;
  /** Without the bucket; "" is the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export function refused(status: number, code: string): S3Answer {
  return xml(status, "Error", `<Code>${code}</Code><Message>${code}</Message>`);
}

/** One operation of the S3 API: as much of it as our store asks for, and what an operator sets on a bucket. */
export function answer(bucket: Bucket, request: S3Request): S3Answer {
  const { method, key, query } = request;
  if (key === "") return ofBucket(bucket, request);
  const uploadId = query.get("uploadId");
  if (uploadId !== null) {
    const upload = bucket.uploads.get(uploadId);
    return upload?.key === key ? ofUpload(bucket, upload, request) : refused(404, "NoSuchUpload");
  }
  if (method === "POST" && query.has("uploads")) {
    const begun = bucket.begin(key, keptHeaders(request));
    return xml(200, "InitiateMultipartUploadResult", `${tag("Key", key)}${tag("UploadId", begun.uploadId)}`);
  }
  if (method === "PUT") return putObject(bucket, request);
  if (method === "DELETE") {
    bucket.objects.delete(key);
    return { status: 204 };
  }
  const object = bucket.objects.get(key);
  if (method !== "GET" && method !== "HEAD") return refused(405, "MethodNotAllowed");
  return object === undefined ? refused(404, "NoSuchKey") : getObject(object, request);
}

function ofBucket(bucket: Bucket, { method, query, body }: S3Request): S3Answer {
  if (method === "PUT" && query.has("lifecycle")) {
    bucket.rules = readRules(body.toString());
    return { status: 200 };
  }
  if (method === "PUT") return { status: 200 };
  if (method === "GET" && query.has("uploads")) return listUploads(bucket, query);
  if (method === "GET" && query.get("list-type") === "2") return listObjects(bucket, query);
  return refused(501, "NotImplemented");
}

function ofUpload(bucket: Bucket, upload: BucketUpload, { method, query, body }: S3Request): S3Answer {
  const partNumber = query.get("partNumber");
  if (method === "PUT" && partNumber !== null)
    return { status: 200, headers: { etag: bucket.putPart(upload, Number(partNumber), body) } };
  if (method === "GET") return listParts(upload, query);
  if (method === "DELETE") {
    bucket.uploads.delete(upload.uploadId);
    return { status: 204 };
  }
  if (method !== "POST") return refused(405, "MethodNotAllowed");
  const named = elements(body.toString(), "Part").map((part) => ({
    number: Number(element(part, "PartNumber")),
    etag: unescape(element(part, "ETag") ?? ""),
  }));
  const done = bucket.complete(upload, named);
  if (typeof done === "string") return refused(400, done);
  return xml(200, "CompleteMultipartUploadResult", `${tag("Key", upload.key)}${tag("ETag", done.etag)}`);
}

function putObject(bucket: Bucket, request: S3Request): S3Answer {
  const before = bucket.objects.get(request.key);
  const { "if-none-match": ifNoneMatch, "if-match": ifMatch } = request.headers;
  if (ifNoneMatch === "*" && before !== undefined) return refused(412, "PreconditionFailed");
  if (ifMatch !== undefined && ifMatch !== before?.etag) return refused(412, "PreconditionFailed");
  const { etag } = bucket.store(request.key, request.body, keptHeaders(request));
  return { status: 200, headers: { etag } };
}

function getObject(object: BucketObject, { method, headers, query }: S3Request): S3Answer {
  const size = object.bytes.length;
  const [, from = "0", to = ""] = /^bytes=(\d+)-(\d*)$/u.exec(headers["range"] ?? "") ?? [];
  const hasRange = headers["range"] !== undefined;
  if (hasRange && Number(from) >= size) return refused(416, "InvalidRange");
  const end = to === "" ? size : Math.min(Number(to) + 1, size);
  const part = object.bytes.subarray(Number(from), end);
  const disposition = query.get("response-content-disposition");
  return {
    status: hasRange ? 206 : 200,
    headers: {
      ...object.headers,
      etag: object.etag,
      "last-modified": object.storedAt.toUTCString(),
      "content-length": String(part.length),
      "accept-ranges": "bytes",
      ...(hasRange ? { "content-range": `bytes ${from}-${end - 1}/${size}` } : {}),
      ...(disposition === null ? {} : { "content-disposition": disposition }),
    },
    ...(method === "HEAD" ? {} : { body: part }),
  };
}

function listObjects(bucket: Bucket, query: URLSearchParams): S3Answer {
  const { page, next } = paged([...bucket.objects.keys()], query, "continuation-token", "max-keys");
  const contents = page.map((key) => {
    const { etag = "", bytes, storedAt } = bucket.objects.get(key) ?? {};
    const facts = `${tag("Key", key)}${tag("ETag", etag)}${tag("Size", String(bytes?.length))}`;
    return `<Contents>${facts}${tag("LastModified", storedAt?.toISOString() ?? "")}</Contents>`;
  });
  const more = next === null ? "" : tag("NextContinuationToken", next);
  return xml(
    200,
    "ListBucketResult",
    `${tag("IsTruncated", String(next !== null))}${more}${contents.join("")}`,
  );
}

function listUploads(bucket: Bucket, query: URLSearchParams): S3Answer {
  // One upload for each key is enough here: the marker of the key alone moves on.
  const byKey = new Map([...bucket.uploads.values()].map((upload) => [upload.key, upload]));
  const { page, next } = paged([...byKey.keys()], query, "key-marker", "max-uploads");
  const uploads = page.map((key) => {
    const { uploadId = "", begunAt } = byKey.get(key) ?? {};
    const facts = `${tag("Key", key)}${tag("UploadId", uploadId)}`;
    return `<Upload>${facts}${tag("Initiated", begunAt?.toISOString() ?? "")}</Upload>`;
  });
  const more = next === null ? "" : tag("NextKeyMarker", next);
  return xml(
    200,
    "ListMultipartUploadsResult",
    `${tag("IsTruncated", String(next !== null))}${more}${uploads.join("")}`,
  );
}

function listParts(upload: BucketUpload, query: URLSearchParams): S3Answer {
  const after = Number(query.get("part-number-marker") ?? 0);
  const most = Number(query.get("max-parts") ?? 1000);
  const left = [...upload.parts].filter(([number]) => number > after).toSorted(([a], [b]) => a - b);
  const page = left.slice(0, most).map(([number, { bytes, etag }]) => {
    const facts = `${tag("PartNumber", String(number))}${tag("ETag", etag)}${tag("Size", String(bytes.length))}`;
    return `<Part>${facts}</Part>`;
  });
  const isTruncated = left.length > most;
  const more = isTruncated ? tag("NextPartNumberMarker", String(left[most - 1]?.[0])) : "";
  return xml(200, "ListPartsResult", `${tag("IsTruncated", String(isTruncated))}${more}${page.join("")}`);
}

function paged(
  all: readonly string[],
  query: URLSearchParams,
  marker: string,
  limit: string,
): { readonly page: readonly string[]; readonly next: string | null } {
  const after = query.get(marker) ?? "";
  const most = Number(query.get(limit) ?? 1000);
  const left = all.filter((key) => key.startsWith(query.get("prefix") ?? "") && key > after).toSorted();
  return { page: left.slice(0, most), next: left.length > most ? (left[most - 1] ?? null) : null };
}

function keptHeaders({ headers }: S3Request): Record<string, string> {
  const kept = Object.entries(headers).filter(
    ([name]) => name === "content-type" || name.startsWith("x-amz-meta-"),
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? ""]));
}

function readRules(text: string): readonly LifecycleRule[] {
  const days = (part: string | null): number | null =>
    part === null ? null : Number(/\d+/u.exec(part)?.[0]);
  return elements(text, "Rule").map((rule) => ({
    prefix: unescape(element(rule, "Prefix") ?? ""),
    expireDays: days(element(rule, "Expiration")),
    abortUploadDays: days(element(rule, "AbortIncompleteMultipartUpload")),
  }));
}

/** The SDK writes no attributes, no comments, nothing nested in itself. */
function elements(text: string, name: string): readonly string[] {
  return [...text.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gsu"))].map((match) => match[1] ?? "");
}

function element(text: string, name: string): string | null {
  return elements(text, name)[0] ?? null;
}

function tag(name: string, text: string): string {
  return `<${name}>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")}</${name}>`;
}

function unescape(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&amp;", "&");
}

function xml(status: number, root: string, content: string): S3Answer {
  return {
    status,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${content}</${root}>`,
  };
}
