import { crudRoutes, Duplicate, Refusal, type Route } from "@octavo/module-kit";
import { note } from "./audit.ts";
import { type Entry, entries } from "./entries.ts";

/** Each change is noted with it, for /configurations/audit. */
export const entryRoutes: readonly Route[] = crudRoutes(
  entries,
  {
    path: "/configurations/entries",
    permissions: "configuration.entries",
    listName: "configs",
    hasResultInfo: true,
  },
  {
    create: async (tx, entry, author) => {
      const created = await entries.create(tx, enabledUnlessTold(entry), author).catch((cause: unknown) => {
        throw cause instanceof Duplicate ? setAlready(entry) : cause;
      });
      await note(tx, "I", created);
      return created;
    },
    replace: async (tx, id, entry, author) => {
      await note(tx, "U", await entries.replace(tx, id, enabledUnlessTold(entry), author));
    },
    delete: async (tx, id) => {
      const stored = await entries.get(tx, id);
      await entries.delete(tx, id);
      await note(tx, "D", stored);
    },
  },
);

function enabledUnlessTold(entry: Entry): Entry {
  return { ...entry, enabled: entry.enabled ?? true };
}

/** The words of mod-configuration, which clients show. */
function setAlready(entry: Entry): Refusal {
  const message =
    "Cannot have more than one tenant or user record with the same module, config name and code";
  const parameters = (["module", "configName", "code", "userId"] as const).flatMap((key) => {
    const value = entry[key];
    return value === undefined ? [] : [{ key, value }];
  });
  return new Refusal(422, [{ message, parameters }]);
}
