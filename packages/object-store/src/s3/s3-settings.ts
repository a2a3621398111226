import type { S3ClientConfig } from "@aws-sdk/client-s3";

/** A bucket of a server that speaks the S3 API. */
export interface S3Settings {
  readonly bucket: string;
  /** Null: Amazon's own, of the region. */
  readonly endpoint: string | null;
  readonly region: string;
  /** Null: what the SDK finds (AWS_ACCESS_KEY_ID, a role of the machine). */
  readonly credentials: S3Credentials | null;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Checksums of the SDK's newer kind are refused, or stored as content, by other servers than Amazon's; ours is the sha-256 that we keep ourselves, and
 * the signature covers what we hold in memory. Each wait has an end. */
export function clientConfig({ endpoint, region, credentials }: S3Settings): S3ClientConfig {
  return {
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === null ? {} : { credentials }),
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 3_000, socketTimeout: 30_000 },
  };
}
