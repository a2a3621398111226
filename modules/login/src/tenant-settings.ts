import { type Calls, Type } from "@octavo/module-kit";
import type { LockOut } from "./login-config.ts";
import { type EventType, eventTypes } from "./records.ts";

/** What a tenant has set in mod-configuration's entries; without that module, or without a right to read it, the defaults. */
export interface TenantSettings {
  readonly lockOut: LockOut;
  /** Passwords that may not be used again, the one of today included. */
  readonly historyNumber: number;
  /** Null: nothing is logged (EVENT_LOG, STATUS). */
  readonly loggedEvents: ReadonlySet<EventType> | null;
}

const Entry = Type.Object({
  module: Type.String(),
  configName: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
  enabled: Type.Optional(Type.Boolean()),
  value: Type.Optional(Type.String()),
});
const Entries = Type.Object({ configs: Type.Array(Entry) });
const HISTORY_NUMBER = 10;

const query =
  'module=="EVENT_LOG" or code==("login.fail.attempts" or "login.fail.to.warn.attempts" or "login.fail.timeout")' +
  ' or configName=="password.history.number"';

export async function tenantSettings(calls: Calls, defaults: LockOut): Promise<TenantSettings> {
  const request = {
    method: "GET",
    path: "/configurations/entries",
    query: { query, limit: 100 },
    answer: Entries,
  } as const;
  const answer = await calls.send(request);
  const entries = answer.ok ? answer.value.body.configs : [];
  const number = (name: "code" | "configName", value: string, otherwise: number): number => {
    const text = entries.find((entry) => entry[name] === value)?.value ?? "";
    return /^\d{1,6}$/u.test(text) ? Number(text) : otherwise;
  };
  const logged = entries.filter(({ module, enabled }) => module === "EVENT_LOG" && enabled === true);
  const isOn = logged.some(({ code }) => code === "STATUS");
  return {
    lockOut: {
      attempts: number("code", "login.fail.attempts", defaults.attempts),
      attemptsToWarn: number("code", "login.fail.to.warn.attempts", defaults.attemptsToWarn),
      timeoutMinutes: number("code", "login.fail.timeout", defaults.timeoutMinutes),
    },
    historyNumber: number("configName", "password.history.number", HISTORY_NUMBER),
    loggedEvents: isOn
      ? new Set(eventTypes.filter((type) => logged.some(({ code }) => code === type)))
      : null,
  };
}
