import { argon2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { login } from "@octavo/login";
import { parseLoginConfig } from "@octavo/login/login-config";
import { standInGateway } from "@octavo/login/testing/stand-in-gateway";
import type { Figure } from "../bench-result.ts";
import { uuidOf } from "../contest/drawn.ts";
import { type HostedModule, hostModule } from "../hosting/host-module.ts";
import { median, middleHalf } from "../spread.ts";

const USERS = 40;
const password = (n: number): string => `a good password, ${n}`;
const derive = promisify(argon2);

/** Sign-ins at the cost that is configured, beside what this process can do of Argon2id alone: as many at once on both sides. Users and
 * tokens are a stand-in's, which answers at once. */
export async function signInFigures(adminUrl: string, isFull: boolean): Promise<readonly Figure[]> {
  const { cost, hashesAtOnce } = parseLoginConfig(process.env);
  const gateway = await standInGateway();
  const hosted = await hostModule(login, adminUrl, { OCTAVO_URL: gateway.url });
  const headers = { "x-okapi-url": gateway.url };
  try {
    for (let n = 0; n < USERS; n += 1) {
      const user = { id: uuidOf("who signs in", n), username: `reader${n}`, active: true };
      gateway.users.set(user.id, user);
      const given = JSON.stringify({ userId: user.id, password: password(n) });
      await hosted.client.call("POST", "/authn/credentials", given, headers);
    }
    const signIn = (n: number) => signInOf(hosted, n % USERS, headers);
    const hash = (n: number) =>
      derive("argon2id", {
        message: password(n),
        nonce: randomBytes(16),
        tagLength: 32,
        memory: cost.memoryKiB,
        passes: cost.passes,
        parallelism: cost.parallelism,
      });
    const ms = isFull ? 3000 : 700;
    const [ours, alone]: [number[], number[]] = [[], []];
    await rate(signIn, hashesAtOnce, ms); // warms up
    for (let round = 0; round < (isFull ? 9 : 4); round += 1) {
      ours.push(await rate(signIn, 2 * hashesAtOnce, ms));
      alone.push(await rate(hash, hashesAtOnce, ms));
    }
    return [
      {
        name: `sign-ins (Argon2id of ${cost.memoryKiB} KiB, ${cost.passes} passes)`,
        value: median(ours),
        unit: "/s",
        spread: middleHalf(ours),
        ratio: median(ours.map((value, at) => value / (alone[at] ?? Number.NaN))),
        goal: "ratio >= 0.8",
      },
      { name: "hashes alone", value: median(alone), unit: "/s", spread: middleHalf(alone) },
    ];
  } finally {
    await hosted.stop();
    await gateway.close();
  }
}

async function signInOf({ client }: HostedModule, n: number, headers: object): Promise<void> {
  const body = JSON.stringify({ username: `reader${n}`, password: password(n) });
  await client.call("POST", "/authn/login-with-expiry", body, headers);
}

/** @returns for one second */
async function rate(work: (n: number) => Promise<unknown>, atOnce: number, ms: number): Promise<number> {
  const beginAt = performance.now();
  let [begun, done] = [0, 0];
  const worker = async (): Promise<void> => {
    while (performance.now() < beginAt + ms) {
      begun += 1;
      await work(begun);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (done * 1000) / (performance.now() - beginAt);
}
