import type { World } from "./world.ts";

/** One kind of thing that happens, and how it ends. */
type Fault = (world: World) => void;

/** Between so many faults and so many, within so long after the first second. */
const LEAST = 4;
const MOST = 16;
const FROM_MS = 1500;
export const UNTIL_MS = 20_000;

const faults: Readonly<Record<string, Fault>> = {
  kill: (world) => {
    const gateway = world.scheduler.random.pick(world.gateways);
    if (gateway.state === "dead") return;
    world.note(`${gateway.name} is killed`);
    gateway.kill();
    later(world, 100, 4000, () => {
      if (gateway.state === "dead") gateway.start();
    });
  },
  freeze: (world) => {
    const gateway = world.scheduler.random.pick(world.gateways);
    world.note(`${gateway.name} is frozen`);
    const { process } = gateway;
    process?.freeze();
    later(world, 200, 20_000, () => process?.thaw());
  },
  cut: (world) => {
    const gateway = world.scheduler.random.pick(world.gateways);
    world.note(`${gateway.name} is cut off`);
    gateway.link.cut();
    later(world, 200, 12_000, () => gateway.link.heal());
  },
  slow: (world) => {
    const gateway = world.scheduler.random.pick(world.gateways);
    gateway.link.slowestMs = 400;
    later(world, 500, 6000, () => (gateway.link.slowestMs = 2));
  },
  break: (world) => {
    for (const gateway of world.gateways) gateway.breakOneConnection();
  },
  restart: (world) => {
    world.note("the server stops");
    world.server.stop();
    later(world, 100, 5000, () => world.server.start());
  },
  failover: (world) => {
    world.note("a standby takes over with everything");
    world.server.stop();
    world.server.becomeStandby(0);
    later(world, 100, 5000, () => world.server.start());
  },
  deaf: (world) => {
    world.server.deafness = 0.5;
    later(world, 500, 5000, () => (world.server.deafness = 0));
  },
};

/** What an asynchronous standby may do, and a clock that somebody sets: some promises have an exception for them. */
const rareFaults: Readonly<Record<string, Fault>> = {
  lossy: (world) => {
    const lostMs = world.scheduler.random.between(50, 1500);
    world.note(`a standby takes over without the last ${lostMs.toFixed()} ms`);
    world.lose(lostMs);
    later(world, 100, 5000, () => world.server.start());
  },
  clock: (world) => {
    const byMs = world.scheduler.random.between(-10_000, 10_000);
    world.note(`the server's clock is set by ${byMs.toFixed()} ms`);
    world.server.setClock(byMs);
  },
};

/** Plans what happens in this run: some kinds only, so that each is met in many companies. */
export function planFaults(world: World): void {
  const { random } = world.scheduler;
  const kinds = Object.values(faults).filter(() => random.chance(0.5));
  if (random.chance(0.3)) kinds.push(...Object.values(rareFaults).filter(() => random.chance(0.6)));
  if (kinds.length === 0) return;
  const count = Math.floor(random.between(LEAST, MOST));
  for (let planned = 0; planned < count; planned += 1) {
    const fault = random.pick(kinds);
    world.scheduler.after(random.between(FROM_MS, UNTIL_MS) - world.scheduler.nowMs, () => fault(world));
  }
}

/** Nothing is wrong any more. */
export function healEverything(world: World): void {
  world.note("everything is healed");
  world.isFaulty = false;
  world.server.deafness = 0;
  world.server.start();
  for (const gateway of world.gateways) {
    gateway.link.slowestMs = 2;
    gateway.link.heal();
    gateway.process?.thaw();
    if (gateway.state === "dead") gateway.start();
  }
}

function later(world: World, leastMs: number, mostMs: number, work: () => void): void {
  world.scheduler.after(world.scheduler.random.between(leastMs, mostMs), work);
}
