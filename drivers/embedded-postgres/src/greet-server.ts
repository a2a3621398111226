import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";
import { connect } from "node:net";

/** What a server on a port says to our user and password. */
export type Greeting =
  /** It let us in and proved that it knows the password too, so it is the server of our data. */
  | { readonly kind: "ours"; readonly version: string }
  /** It is there but takes nobody now: starting, recovering, stopping, or full. */
  | { readonly kind: "not-now"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string };

export interface Account {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const GREETING_MS = 5_000;

/** Signs in over the wire protocol and leaves again. Written here because the driver knows no client library: only the
 * start-up message, SCRAM-SHA-256 (RFC 5802, 7677) and the error codes are needed.
 * @see https://www.postgresql.org/docs/18/protocol-flow.html */
export function greetServer(port: number, account: Account): Promise<Greeting> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const scram = scramClient(account.password);
    let received = Buffer.alloc(0);
    let version = "";
    const done = (greeting: Greeting): void => {
      socket.destroy();
      resolve(greeting);
    };
    const answer = (type: string, body: Buffer): void => {
      if (type === "E") return done(refusal(body));
      if (type === "Z") return done({ kind: "ours", version });
      if (type === "S") {
        const [name = "", value = ""] = body.toString("utf8").split("\0");
        if (name === "server_version") version = value;
      }
      if (type !== "R") return;
      const request = body.readInt32BE(0);
      const text = body.subarray(4).toString("utf8");
      if (request === 10) socket.write(message("p", utf8(`SCRAM-SHA-256\0`), sized(scram.first())));
      else if (request === 11) socket.write(message("p", utf8(scram.final(text))));
      else if (request === 12 && scram.isGenuine(text)) return;
      else if (request === 0 && scram.isDone()) return;
      // Any other wish, or "ok" without proof of the password, is not what our data is set up for.
      else done({ kind: "refused", reason: `unexpected authentication request ${request}` });
    };
    socket.setTimeout(GREETING_MS, () => done({ kind: "unreachable", reason: "no answer in 5 s" }));
    socket.on("error", (error) => done({ kind: "unreachable", reason: error.message }));
    socket.on("close", () => done({ kind: "unreachable", reason: "connection closed" }));
    socket.on("connect", () => socket.write(startup(account)));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 5) {
        const end = 1 + received.readInt32BE(1);
        if (end < 5 || end > 65_536) return done({ kind: "refused", reason: "this is not PostgreSQL" });
        if (received.length < end) return;
        answer(String.fromCharCode(received.readUInt8(0)), received.subarray(5, end));
        received = received.subarray(end);
      }
    });
  });
}

function refusal(body: Buffer): Greeting {
  const fields = new Map(
    body
      .toString("utf8")
      .split("\0")
      .map((field) => [field.slice(0, 1), field.slice(1)]),
  );
  const code = fields.get("C") ?? "";
  const reason = `${fields.get("M") ?? ""} (${code})`;
  // 57P03 cannot_connect_now, 57P01 admin_shutdown, 53300 too_many_connections
  return { kind: ["57P03", "57P01", "53300"].includes(code) ? "not-now" : "refused", reason };
}

function startup({ user, database }: Account): Buffer {
  const body = Buffer.concat([int32(196_608), utf8(`user\0${user}\0database\0${database}\0\0`)]);
  return Buffer.concat([int32(body.length + 4), body]);
}

function message(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([utf8(type), int32(body.length + 4), body]);
}

function sized(text: string): Buffer {
  return Buffer.concat([int32(Buffer.byteLength(text)), utf8(text)]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function utf8(text: string): Buffer {
  return Buffer.from(text, "utf8");
}

/** The client's half of SCRAM-SHA-256; both sides prove that they know the password and neither sends it. */
function scramClient(password: string) {
  const bare = `n=,r=${randomBytes(18).toString("base64")}`;
  let expected: Buffer | null = null;
  let done = false;
  return {
    first: (): string => `n,,${bare}`,
    final: (challenge: string): string => {
      const asked = attributes(challenge);
      const salted = pbkdf2Sync(
        password,
        Buffer.from(asked["s"] ?? "", "base64"),
        Number(asked["i"] ?? 0) || 1,
        32,
        "sha256",
      );
      const clientKey = hmac(salted, "Client Key");
      const unproven = `c=biws,r=${asked["r"] ?? ""}`;
      const transcript = `${bare},${challenge},${unproven}`;
      const signature = hmac(createHash("sha256").update(clientKey).digest(), transcript);
      expected = hmac(hmac(salted, "Server Key"), transcript);
      const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)));
      return `${unproven},p=${proof.toString("base64")}`;
    },
    isGenuine: (verdict: string): boolean => {
      const signature = Buffer.from(attributes(verdict)["v"] ?? "", "base64");
      done =
        expected !== null && signature.length === expected.length && timingSafeEqual(signature, expected);
      return done;
    },
    isDone: (): boolean => done,
  };
}

function attributes(text: string): Record<string, string> {
  return Object.fromEntries(text.split(",").map((part) => [part.slice(0, 1), part.slice(2)]));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
