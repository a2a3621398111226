import { route, sql, timer, type TimerDefinition } from "@octavo/module-kit";
import { settingsOf } from "./picture-settings.ts";

/** Pictures that no user has a day after they were stored: whoever uploads one writes the user afterwards. */
export const pictureCleanUp: TimerDefinition = timer(
  route({
    method: "POST",
    path: "/users/profile-picture/cleanup",
    summary: "Deletes profile pictures that no user has",
    answers: { 200: null },
    handle: async ({ db, context }) => {
      const deleted = await db.tx(async (tx) => {
        const { enabled } = await settingsOf(tx);
        if (enabled !== true) return 0;
        return tx.run(sql`
          delete from profile_picture as picture
          where stored_at < now() - interval '1 day' and not exists (
            select from users where lower(jsonb -> 'personal' ->> 'profilePictureLink') = picture.id::text)`);
      });
      if (deleted > 0)
        context.log.info({ pictures: deleted }, "profile pictures that nobody had are deleted");
      return { status: 200 };
    },
  }),
  { unit: "hour", delay: 24 },
);
