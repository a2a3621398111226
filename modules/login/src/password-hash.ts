import { argon2, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Argon2Cost } from "./login-config.ts";

/** What is stored of a password: ours is one text in `hash`, mod-login's has its salt beside it. */
export interface StoredPassword {
  /** `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`, or PBKDF2 in capital hex digits. */
  readonly hash?: string | undefined;
  readonly salt?: string | undefined;
}

export interface Verdict {
  readonly matches: boolean;
  /** It is right, and stored in another form than it would be now. */
  readonly isOutdated: boolean;
}

const derive = promisify(argon2);
const deriveOld = promisify(pbkdf2);
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** mod-login's AuthUtil: PBKDF2WithHmacSHA1, 1000 rounds, 160 bits. */
const OLD = { rounds: 1000, bytes: 20, digest: "sha1" } as const;
const NO_SALT = Buffer.alloc(SALT_BYTES);

/** @returns the text to be stored */
export async function hashPassword(password: string, cost: Argon2Cost): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await argon2id(password, salt, cost);
  return `$argon2id$v=19$${costText(cost)}$${base64(salt)}$${base64(hash)}`;
}

/** Takes one Argon2id whatever is stored, nothing and FOLIO's included: how long it took tells nothing. */
export async function checkPassword(
  password: string,
  stored: StoredPassword | null,
  cost: Argon2Cost,
): Promise<Verdict> {
  const ours = readHash(stored?.hash ?? "");
  if (ours !== null) {
    const matches = timingSafeEqual(await argon2id(password, ours.salt, ours.cost), ours.hash);
    return { matches, isOutdated: matches && costText(ours.cost) !== costText(cost) };
  }
  await argon2id(password, NO_SALT, cost);
  const matches = await matchesOld(password, stored);
  return { matches, isOutdated: matches };
}

async function matchesOld(password: string, stored: StoredPassword | null): Promise<boolean> {
  const { hash = "", salt = "" } = stored ?? {};
  if (!/^(?:[0-9A-F]{2}){20}$/iu.test(hash) || !/^(?:[0-9A-F]{2})+$/iu.test(salt)) return false;
  const derived = await deriveOld(password, Buffer.from(salt, "hex"), OLD.rounds, OLD.bytes, OLD.digest);
  return timingSafeEqual(derived, Buffer.from(hash, "hex"));
}

function argon2id(password: string, salt: Buffer, cost: Argon2Cost): Promise<Buffer> {
  return derive("argon2id", {
    message: password,
    nonce: salt,
    memory: cost.memoryKiB,
    passes: cost.passes,
    parallelism: cost.parallelism,
    tagLength: HASH_BYTES,
  });
}

function readHash(text: string): { cost: Argon2Cost; salt: Buffer; hash: Buffer } | null {
  const form = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([\w+/]{11,86})\$([\w+/]{43})$/u;
  const [, memory, passes, parallelism, salt, hash] = form.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return null;
  return {
    cost: { memoryKiB: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
}

function costText({ memoryKiB, passes, parallelism }: Argon2Cost): string {
  return `m=${memoryKiB},t=${passes},p=${parallelism}`;
}

function base64(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}
