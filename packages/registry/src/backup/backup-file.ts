import {
  type BinaryLike,
  createCipheriv,
  createDecipheriv,
  randomBytes,
  scrypt as scryptLater,
  type ScryptOptions,
} from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StringDecoder } from "node:string_decoder";
import { promisify } from "node:util";
import { createGunzip, createGzip } from "node:zlib";
import { err, ok, type Result } from "@octavo/result";
import { type BackupError, fail } from "./backup-error.ts";

/** The first line of the file, readable by anybody. What follows is gzip, encrypted or not; behind an encrypted one come the
 * 16 bytes that prove it whole. */
interface Envelope {
  readonly octavo: "backup";
  readonly format: 1;
  readonly encryption: Encryption | null;
}

interface Encryption {
  readonly cipher: "aes-256-gcm";
  readonly kdf: "scrypt";
  /** log2 of scrypt's N; r is 8 and p is 1. */
  readonly cost: number;
  /** Both in base64. */
  readonly salt: string;
  readonly iv: string;
}

const scrypt: (
  secret: BinaryLike,
  salt: BinaryLike,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer> = promisify(scryptLater);
/** 128 MiB and about half a second: a passphrase is guessed one machine-second at a time. */
const SCRYPT_COST = 17;
const TAG_BYTES = 16;
const ENVELOPE_BYTES = 4096;

/** Writes a file that only this user can read, whole or not at all.
 * @param passphrase null: whoever has the file has what is in it */
export async function writeBackupFile(
  path: string,
  passphrase: string | null,
  lines: AsyncIterable<string>,
): Promise<Result<void, BackupError>> {
  const draft = `${path}.${process.pid}.new`;
  try {
    const encryption = passphrase === null ? null : newEncryption();
    const envelope: Envelope = { octavo: "backup", format: 1, encryption };
    const file = createWriteStream(draft, { mode: 0o600, flags: "wx", flush: true });
    file.write(`${JSON.stringify(envelope)}\n`);
    const gzip = createGzip();
    if (encryption === null || passphrase === null) {
      await pipeline(Readable.from(lines), gzip, file);
    } else {
      const cipher = createCipheriv(
        encryption.cipher,
        await keyOf(passphrase, encryption),
        bytesOf(encryption.iv),
      );
      await pipeline(Readable.from(lines), gzip, cipher, file, { end: false });
      file.end(cipher.getAuthTag());
      await new Promise<void>((resolve, reject) => file.once("close", resolve).once("error", reject));
    }
    await rename(draft, path);
    return ok(undefined);
  } catch (cause) {
    await rm(draft, { force: true });
    if (!isSystemError(cause)) throw cause; // of the database: whoever reads that knows what it means
    return fail("file", `cannot write ${path}: ${reasonOf(cause)}`);
  }
}

/** A backup file, opened. */
export interface OpenedBackup {
  /** Ends with an error of `damageOf` where the file is not what was written. */
  readonly lines: AsyncIterable<string>;
}

export async function openBackupFile(
  path: string,
  passphrase: string | null,
): Promise<Result<OpenedBackup, BackupError>> {
  const found = await readEnvelope(path);
  if (!found.ok) return found;
  const { encryption, start, size } = found.value;
  if (encryption === null) return ok({ lines: linesOf(createReadStream(path, { start }), null) });
  if (passphrase === null) {
    return fail("passphrase", `${path} is encrypted: name the file with its passphrase by --passphrase-file`);
  }
  const end = size - TAG_BYTES;
  if (end < start) return fail("damaged", `${path} is cut off`);
  const decipher = createDecipheriv(
    encryption.cipher,
    await keyOf(passphrase, encryption),
    bytesOf(encryption.iv),
  );
  decipher.setAuthTag(await readBytes(path, end, TAG_BYTES));
  return ok({ lines: linesOf(createReadStream(path, { start, end: end - 1 }), decipher) });
}

/** What reading the lines of a backup has failed by.
 * @returns null where it is no matter of the file */
export function damageOf(cause: unknown, path: string): BackupError | null {
  if (isSystemError(cause) && cause.syscall !== undefined) {
    return { kind: "file", message: `cannot read ${path}: ${reasonOf(cause)}` };
  }
  const message = reasonOf(cause);
  if (/unable to authenticate|bad decrypt/iu.test(message)) {
    return {
      kind: "passphrase",
      message: `${path} does not open: the passphrase is another one, or the file is damaged`,
    };
  }
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code.startsWith("Z_") || cause instanceof SyntaxError) {
    return { kind: "damaged", message: `${path} is damaged (${message}): take another backup` };
  }
  return null;
}

async function* linesOf(file: Readable, decipher: NodeJS.ReadWriteStream | null): AsyncGenerator<string> {
  const plain = new PassThrough();
  const pumped =
    decipher === null
      ? pipeline(file, createGunzip(), plain)
      : pipeline(file, decipher, createGunzip(), plain);
  // Found out below, when the lines end: until then it must not count as nobody's.
  const outcome = pumped.then(
    () => null,
    (cause: unknown) => ({ cause }),
  );
  try {
    yield* splitLines(plain);
  } catch (cause) {
    throw (await outcome)?.cause ?? cause;
  } finally {
    plain.destroy();
  }
  const failed = await outcome;
  if (failed !== null) throw failed.cause;
}

/** At line feeds alone: node:readline also ends a line at U+2028, which JSON writes as it is. */
async function* splitLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const piece of bytes) {
    const lines = (rest + decoder.write(piece)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

interface FoundEnvelope {
  readonly encryption: Encryption | null;
  /** Where the content begins, and how long the file is, in bytes. */
  readonly start: number;
  readonly size: number;
}

async function readEnvelope(path: string): Promise<Result<FoundEnvelope, BackupError>> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(ENVELOPE_BYTES), 0, ENVELOPE_BYTES, 0);
      const start = buffer.subarray(0, bytesRead).indexOf("\n") + 1;
      const encryption = parseEnvelope(buffer.toString("utf8", 0, start));
      return encryption.ok
        ? ok({ encryption: encryption.value, start, size })
        : fail("damaged", `${path} ${encryption.error}`);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    return fail("file", `cannot read ${path}: ${reasonOf(cause)}`);
  }
}

function parseEnvelope(line: string): Result<Encryption | null, string> {
  let envelope: Partial<Envelope> | null;
  try {
    envelope = JSON.parse(line) as Partial<Envelope> | null; // as: looked into below
  } catch {
    return err("is no backup of Octavo");
  }
  if (envelope?.octavo !== "backup") return err("is no backup of Octavo");
  if (envelope.format !== 1)
    return err(`has format ${envelope.format}: a newer Octavo wrote it, restore it with that`);
  const { encryption = null } = envelope;
  if (encryption === null) return ok(null);
  const isKnown =
    encryption.cipher === "aes-256-gcm" &&
    encryption.kdf === "scrypt" &&
    Number.isInteger(encryption.cost) &&
    encryption.cost >= 1 &&
    encryption.cost <= 20 &&
    typeof encryption.salt === "string" &&
    typeof encryption.iv === "string";
  return isKnown ? ok(encryption) : err("is encrypted in a way that this Octavo does not know");
}

async function readBytes(path: string, position: number, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer;
  } finally {
    await file.close();
  }
}

function newEncryption(): Encryption {
  return {
    cipher: "aes-256-gcm",
    kdf: "scrypt",
    cost: SCRYPT_COST,
    salt: randomBytes(16).toString("base64"),
    iv: randomBytes(12).toString("base64"),
  };
}

function keyOf(passphrase: string, { cost, salt }: Encryption): Promise<Buffer> {
  const N = 2 ** cost;
  return scrypt(passphrase, bytesOf(salt), 32, { N, r: 8, p: 1, maxmem: 256 * N * 8 });
}

function bytesOf(base64: string): Buffer {
  return Buffer.from(base64, "base64");
}

function isSystemError(cause: unknown): cause is NodeJS.ErrnoException {
  return (
    cause instanceof Error &&
    "errno" in cause &&
    "code" in cause &&
    typeof cause.code === "string" &&
    cause.code.startsWith("E")
  );
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
