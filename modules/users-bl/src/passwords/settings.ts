import { type Calls, cql, equal, type Static, Type, cannotBeAsked, isAbsent } from "@octavo/module-kit";

const Setting = Type.Object({
  code: Type.Optional(Type.String()),
  enabled: Type.Optional(Type.Boolean()),
  value: Type.Optional(Type.String()),
});
const Settings = Type.Object({ configs: Type.Array(Setting) });
type Setting = Static<typeof Setting>;

/** What the tenant has set for USERSBL in mod-configuration's entries, by code; without that module nothing is.
 * @throws Refusal 503: a link to the default host would lead nowhere */
export async function settingsOf(calls: Calls): Promise<ReadonlyMap<string, string>> {
  const query = { query: cql(equal("module", "USERSBL")), limit: 1000 };
  const found = await calls.send({ method: "GET", path: "/configurations/entries", query, answer: Settings });
  if (!found.ok && isAbsent(found.error)) return new Map();
  if (!found.ok) throw cannotBeAsked(found.error, "configuration");
  return new Map(found.value.body.configs.filter(isOn).map(({ code = "", value = "" }) => [code, value]));
}

function isOn({ enabled }: Setting): boolean {
  return enabled !== false;
}

const EVERY_FIELD = ["personal.email", "personal.phone", "personal.mobilePhone", "username"];

/** Fields of users by which somebody is found who types what they remember.
 * @param codes of settings: userName, phoneNumber, email */
export function searchedFields(
  settings: ReadonlyMap<string, string>,
  codes: readonly string[],
): readonly string[] {
  const set = codes.flatMap((code) => settings.get(code) ?? []);
  const fields = set.flatMap((value) => value.split(/[^\w.]+/u)).filter((field) => field !== "");
  return fields.length === 0 ? EVERY_FIELD : [...new Set(fields)];
}

export interface LinkLife {
  readonly seconds: number;
  /** As it is told in the message: "24", "hours". */
  readonly time: string;
  readonly unit: string;
}

const secondsOf = new Map([
  ["minutes", 60],
  ["hours", 3600],
  ["days", 86_400],
  ["weeks", 604_800],
]);
const MOST_WEEKS = 4;

/** How long a link can be used, at most four weeks.
 * @returns null where what is set is no time */
export function linkLifeOf(settings: ReadonlyMap<string, string>): LinkLife | null {
  const time = settings.get("RESET_PASSWORD_LINK_EXPIRATION_TIME") ?? "24";
  const unit = settings.get("RESET_PASSWORD_LINK_EXPIRATION_UNIT_OF_TIME") ?? "hours";
  const ofOne = secondsOf.get(unit.toLowerCase());
  if (ofOne === undefined || !/^\d{1,15}$/u.test(time)) return null;
  const seconds = Number(time) * ofOne;
  const most = MOST_WEEKS * 604_800;
  return seconds > most
    ? { seconds: most, time: String(MOST_WEEKS), unit: "weeks" }
    : { seconds, time, unit };
}

/** Where the user interface makes a password: before the token of a link. */
export function linkBaseOf(settings: ReadonlyMap<string, string>): string {
  const host = settings.get("FOLIO_HOST") ?? "http://localhost:3000";
  return `${host}${settings.get("RESET_PASSWORD_UI_PATH") ?? "/reset-password"}`;
}
