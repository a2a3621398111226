import { type Calls, Type } from "@octavo/module-kit";

const Configs = Type.Object({ configs: Type.Array(Type.Object({ value: Type.Optional(Type.String()) })) });
const UNLESS_TOLD = 25;

/** How many note types the library wants to have at most: a setting of the module NOTES. */
export async function typeLimit(calls: Calls): Promise<number> {
  const found = await calls.send({
    method: "GET",
    path: "/configurations/entries",
    query: { query: "module==NOTES and configName==note-type-limit" },
    answer: Configs,
  });
  const text = found.ok ? found.value.body.configs[0]?.value : undefined;
  return text !== undefined && /^\d{1,9}$/u.test(text) ? Number(text) : UNLESS_TOLD;
}
