import { invalid, type Route, route } from "@octavo/module-kit";
import { pictureSettings, settingsOf } from "./picture-settings.ts";

const MOST_MEGABYTES = 10;

export const settingsRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/users/configurations/entry",
    summary: "Gives the settings of profile pictures",
    permissionsRequired: ["users.configurations.item.get"],
    answers: { 200: pictureSettings.schema },
    handle: async ({ db }) => ({ status: 200, body: await db.tx(settingsOf) }),
  }),
  route({
    method: "PUT",
    path: "/users/configurations/entry/{configId}",
    summary: "Changes the settings of profile pictures",
    permissionsRequired: ["users.configurations.item.put"],
    body: pictureSettings.schema,
    answers: { 204: null },
    handle: async ({ params: { configId }, body, db, context }) => {
      const settings = body as Parameters<typeof pictureSettings.create>[1]; // as: the schema is theirs
      if (settings.maxFileSize !== undefined && settings.maxFileSize > MOST_MEGABYTES) {
        const message = "Max file size should not exceed more than 10 megabytes";
        return invalid("maxFileSize", settings.maxFileSize, message);
      }
      await db.tx(async (tx) => {
        await settingsOf(tx);
        const complete = { enabled: false, enabledObjectStorage: false, ...settings };
        await pictureSettings.replace(tx, configId, complete, context);
      });
      return { status: 204 };
    },
  }),
];
