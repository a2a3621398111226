import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { freePorts, isListening } from "./free-port.ts";

/** A real broker of Kafka's own jars, alone and its own controller, which can be killed and come back with its data. */
export interface KafkaBroker {
  /** "127.0.0.1:34567" */
  readonly address: string;
  /** At once, as a machine that goes. */
  kill9(): Promise<void>;
  /** Again, at the same address. */
  start(): Promise<void>;
  /** All of a topic from its beginning, as Kafka's own consumer reads it: no client of ours says what is there. */
  read(topic: string, count: number): Promise<readonly KafkaRecord[]>;
  /** As `read`, however many there are: until nothing has come for four seconds. */
  readAll(topic: string): Promise<readonly KafkaRecord[]>;
  close(): Promise<void>;
}

export interface KafkaRecord {
  readonly partition: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string;
  readonly value: string;
}

/** @param jars a folder that `.ci/kafka` has filled */
export async function kafkaBroker(jars: string): Promise<KafkaBroker> {
  const folder = mkdtempSync(join(tmpdir(), "octavo-test-kafka-"));
  const [port = 0, controllerPort = 0] = await freePorts(2);
  const properties = join(folder, "server.properties");
  writeFileSync(properties, propertiesOf(folder, port, controllerPort));
  await java(jars, ["kafka.tools.StorageTool", "format", "-t", "b2N0YXZvLXRlc3RzLWthZg", "-c", properties]);
  let broker: ChildProcess | null = null;
  const kill9 = async (): Promise<void> => {
    if (broker === null || broker.exitCode !== null) return;
    const ended = once(broker, "exit");
    broker.kill("SIGKILL");
    await ended;
    broker = null;
  };
  const start = async (): Promise<void> => {
    broker = spawn("java", [...OPTIONS, "-cp", `${jars}/*`, "kafka.Kafka", properties], { stdio: "ignore" });
    await vi.waitUntil(() => isListening(port), { timeout: 60_000, interval: 100 });
  };
  const consume = async (topic: string, ...until: readonly string[]): Promise<readonly KafkaRecord[]> => {
    const server = ["--bootstrap-server", `127.0.0.1:${port}`, "--topic", topic, "--from-beginning"];
    const printed = ["partition", "headers", "key"].flatMap((part) => ["--property", `print.${part}=true`]);
    const text = await java(jars, [CONSUMER, ...server, ...until, ...printed]);
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map(recordOf);
  };
  await start();
  return {
    address: `127.0.0.1:${port}`,
    kill9,
    start,
    read: (topic, count) => consume(topic, "--max-messages", String(count), "--timeout-ms", "20000"),
    readAll: (topic) => consume(topic, "--timeout-ms", "4000"),
    close: async () => {
      await kill9();
      rmSync(folder, { recursive: true });
    },
  };
}

const CONSUMER = "org.apache.kafka.tools.consumer.ConsoleConsumer";
const OPTIONS = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

/** "Partition:2\tx-okapi-tenant:north,a:b\tkey\tvalue" */
function recordOf(line: string): KafkaRecord {
  const [partition = "", headers = "", key = "", value = ""] = line.split("\t");
  const pairs = headers.split(",").map((header) => {
    const [name = "", ...text] = header.split(":");
    return [name, text.join(":")] as const;
  });
  return { partition: Number(partition.split(":")[1]), headers: Object.fromEntries(pairs), key, value };
}

/** Not in this process's way: what is tested may run in it.
 * @returns what it has printed */
async function java(jars: string, args: readonly string[]): Promise<string> {
  const program = spawn("java", [...OPTIONS, "-cp", `${jars}/*`, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = once(program, "exit");
  const [printed, told] = await Promise.all([program.stdout.toArray(), program.stderr.toArray()]);
  const status: unknown = (await exit)[0];
  if (status !== 0) throw new Error(`java ${args.join(" ")}: ${printed.join("")}${told.join("")}`);
  return printed.join("");
}

function propertiesOf(folder: string, port: number, controllerPort: number): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=${join(folder, "log")}
auto.create.topics.enable=false
broker.heartbeat.interval.ms=200
broker.session.timeout.ms=1000
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
`;
}
