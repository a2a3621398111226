import { argon2, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(argon2);
const deriveOld = promisify(pbkdf2);

/** A pin has few digits: what it costs to try one is all that protects it where the table is lost. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
const SALT_BYTES = 16;
/** mod-users' PasswordHashService: PBKDF2WithHmacSHA512 with the user's id as salt, 64 bits as capital hex digits. */
const OLD = { rounds: 150_000, bytes: 8, digest: "sha512" } as const;

/** @returns the text to be stored */
export async function hashPin(pin: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return `argon2id$${salt.toString("base64")}$${(await argon2id(pin, salt)).toString("base64")}`;
}

/** @param stored by us or by mod-users */
export async function isPin(pin: string, userId: string, stored: string): Promise<boolean> {
  const [, salt, hash] = /^argon2id\$([\w+/=]+)\$([\w+/=]+)$/u.exec(stored) ?? [];
  if (salt !== undefined && hash !== undefined)
    return isEqual(await argon2id(pin, Buffer.from(salt, "base64")), Buffer.from(hash, "base64"));
  if (!/^[\dA-F]{16}$/iu.test(stored)) return false;
  const derived = await deriveOld(pin, userId, OLD.rounds, OLD.bytes, OLD.digest);
  return isEqual(derived, Buffer.from(stored, "hex"));
}

function argon2id(pin: string, nonce: Buffer): Promise<Buffer> {
  return derive("argon2id", { message: pin, nonce, ...COST });
}

function isEqual(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
