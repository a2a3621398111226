import { fileURLToPath } from "node:url";
import { err, ok, type Result } from "@octavo/result";
import { openFolderStore } from "./folder/folder-store.ts";
import type { ObjectStore } from "./object-store.ts";
import type { S3Credentials, S3Settings } from "./s3/s3-settings.ts";
import { openS3Store } from "./s3/s3-store.ts";

/** Where objects are, parsed. */
export type ObjectStorePlace =
  | { readonly kind: "folder"; readonly path: string }
  | ({ readonly kind: "s3" } & S3Settings);

/** Reads `file:///var/lib/octavo/objects` or `s3://bucket?endpoint=https://s3.example.org&region=eu-central-1`.
 * @param credentials apart from the URL, which is logged
 * @returns an error that says what to write instead */
export function parseObjectStoreUrl(
  text: string,
  credentials: S3Credentials | null = null,
): Result<ObjectStorePlace, string> {
  if (!URL.canParse(text)) return err(`${text} is no URL: write file:///a/folder or s3://bucket`);
  const url = new URL(text);
  if (url.protocol === "file:") return ok({ kind: "folder", path: fileURLToPath(url) });
  if (url.protocol !== "s3:" || url.hostname === "")
    return err(`${text} names no store: write file:///a/folder or s3://bucket?endpoint=https://host`);
  const endpoint = url.searchParams.get("endpoint");
  if (endpoint !== null && !/^https?:\/\//u.test(endpoint))
    return err(`the endpoint ${endpoint} is no URL: write https://host`);
  const unknown = [...url.searchParams.keys()].filter((name) => name !== "endpoint" && name !== "region");
  if (unknown.length > 0) return err(`s3:// knows endpoint and region, not ${unknown.join(", ")}`);
  const region = url.searchParams.get("region") ?? "us-east-1";
  return ok({ kind: "s3", bucket: url.hostname, endpoint, region, credentials });
}

/** @param now wall clock; only a folder asks */
export async function openObjectStore(place: ObjectStorePlace, now: () => Date): Promise<ObjectStore> {
  return place.kind === "folder" ? openFolderStore(place.path, now) : openS3Store(place);
}
