import { setTimeout as delay } from "node:timers/promises";
import { CLIENTS } from "./load.ts";
import type { TestInstallation, VerifiedGateway } from "./test-installation.ts";

/** Something that happens to an installation. */
export interface Fault {
  readonly name: string;
  /** How many calls may fail of it: those that a gateway was answering when it died. */
  readonly mayFail: number;
  /** Resolves when it is over. */
  happen(installation: TestInstallation, lastsMs: number): Promise<void>;
}

export const faults: readonly Fault[] = [
  {
    name: "a gateway is killed",
    mayFail: CLIENTS + 1,
    async happen(installation, lastsMs) {
      const victim = one(installation);
      victim.signal("SIGKILL");
      await victim.ended();
      await delay(lastsMs);
      await victim.start();
    },
  },
  {
    name: "a gateway stands still",
    mayFail: 0,
    async happen(installation, lastsMs) {
      const victim = one(installation);
      victim.signal("SIGSTOP");
      await delay(lastsMs);
      victim.signal("SIGCONT");
    },
  },
  {
    name: "a gateway is cut off from the database",
    mayFail: 0,
    async happen(installation, lastsMs) {
      const { link } = one(installation);
      link.cut();
      await delay(lastsMs);
      link.heal();
    },
  },
  {
    name: "the database is away",
    mayFail: 0,
    async happen({ gateways }, lastsMs) {
      for (const { link } of gateways) link.cut();
      await delay(lastsMs);
      for (const { link } of gateways) link.heal();
    },
  },
  {
    name: "the database is away, and a gateway is killed and started",
    mayFail: CLIENTS + 1,
    async happen(installation) {
      for (const { link } of installation.gateways) link.cut();
      const victim = one(installation);
      victim.signal("SIGKILL");
      await victim.ended();
      await victim.start(); // from its file, after it has tried the database for 10 s
      for (const { link } of installation.gateways) link.heal();
    },
  },
  {
    name: "all gateways are replaced, one by one",
    mayFail: 0,
    async happen({ gateways }) {
      for (const gateway of gateways) {
        gateway.signal("SIGTERM");
        await gateway.ended();
        await gateway.start();
      }
    },
  },
];

function one({ gateways }: TestInstallation): VerifiedGateway {
  const [, second] = gateways;
  if (second === undefined) throw new Error("an installation has at least two gateways");
  return second;
}
