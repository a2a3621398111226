import type { JsonValue } from "@octavo/json";
import type { EnvEntry, LaunchDescriptor } from "./module-descriptor.ts";
import { ObjectReader } from "./object-reader.ts";
import type { Place } from "./place.ts";

const KNOWN: ReadonlySet<string> = new Set([
  "exec",
  "cmdlineStart",
  "cmdlineStop",
  "dockerImage",
  "dockerPull",
  "dockerCMD",
  "dockerArgs",
  "waitIterations",
  "env",
]);

export function readLaunchDescriptor(value: JsonValue, place: Place | null): LaunchDescriptor {
  const launch = new ObjectReader(value, place, KNOWN);
  return {
    exec: launch.text("exec"),
    cmdlineStart: launch.text("cmdlineStart"),
    cmdlineStop: launch.text("cmdlineStop"),
    dockerImage: launch.text("dockerImage"),
    dockerPull: launch.flag("dockerPull"),
    dockerCmd: launch.texts("dockerCMD"),
    dockerArgs: launch.object("dockerArgs"),
    waitIterations: launch.integer("waitIterations"),
    env: launch.list("env", readListedEnvEntry),
  };
}

const KNOWN_IN_ENV: ReadonlySet<string> = new Set(["name", "value", "description", "required"]);

export function readEnvEntry(value: JsonValue, place: Place | null): EnvEntry {
  const entry = new ObjectReader(value, place, KNOWN_IN_ENV);
  return {
    name: entry.text("name") ?? entry.refuse("name", "missing name"),
    value: entry.text("value"),
    description: entry.text("description"),
    required: entry.flag("required"),
  };
}

export function readListedEnvEntry(value: JsonValue, parent: Place, step: number): EnvEntry {
  return readEnvEntry(value, { parent, step });
}
