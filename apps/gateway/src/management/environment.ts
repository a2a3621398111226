import type { EnvEntry } from "@octavo/descriptor";
import { printPretty } from "@octavo/json";
import { EnvEntry as EnvEntrySchema, parseBody } from "@octavo/management-api";
import { ok } from "@octavo/result";
import type { Handler } from "./platform.ts";
import { readBody } from "./read-body.ts";
import { badRequest, notFound } from "./refusals.ts";
import { created, json, noContent, presentFields } from "./reply.ts";
import { write } from "./write.ts";

export const listEnv: Handler = async (_call, { registry }) => {
  const entries = [...registry.snapshot.env.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return ok(json(200, entries.map(shown)));
};

export const getEnv: Handler = async (call, { registry }) => {
  const name = call.params["id"] ?? "";
  const entry = registry.snapshot.env.get(name);
  return entry === undefined ? notFound(name) : ok(json(200, shown(entry)));
};

/** Sets a variable, new or known: posting a name again replaces its value. (Okapi without a database does the same; with
 * one it changes the value in memory, answers 500 and has the old value again after a restart.) */
export const createEnv: Handler = async (call, platform) => {
  const body = readBody(call, (json) => parseBody(EnvEntrySchema, json));
  if (!body.ok) return body;
  const { name, value, description, required } = body.value;
  if (name === undefined || name === "") return badRequest("missing name");
  if (value === undefined) return badRequest("missing value");
  const entry: EnvEntry = { name, value, description: description ?? null, required: required ?? null };
  return write(call, platform, name, () =>
    ok({
      changes: [{ kind: "env.put", entry }],
      reply: created(call.path, [name], printPretty(shown(entry))),
    }),
  );
};

export const deleteEnv: Handler = async (call, platform) => {
  const name = call.params["id"] ?? "";
  return write(call, platform, name, ({ env }) =>
    env.has(name) ? ok({ changes: [{ kind: "env.removed", name }], reply: noContent }) : notFound(name),
  );
};

function shown(entry: EnvEntry) {
  return presentFields([
    ["name", entry.name],
    ["value", entry.value],
    ["description", entry.description],
    ["required", entry.required],
  ]);
}
