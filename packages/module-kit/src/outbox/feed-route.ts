import { Type } from "typebox";
import { type Route, route } from "../definition/route.ts";
import { Refusal } from "../http/refusal.ts";
import { readFeed } from "./feed.ts";

const Page = Type.Object({
  events: Type.Array(
    Type.Object({
      id: Type.String(),
      type: Type.String(),
      key: Type.String(),
      payload: Type.Unknown(),
      publishedAt: Type.String({ format: "date-time" }),
    }),
  ),
  position: Type.String({ description: "What to ask for next" }),
});

const Query = Type.Object({
  after: Type.Optional(
    Type.String({ pattern: "^[0-9]{1,18}$", description: "Position of before; without it the beginning" }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});

/** A route by which other modules read the events of this one, each from the position that it keeps beside its effects. 410 where events
 * after that position are no longer kept: the reader has to read everything anew.
 *
 *     defineInterface("tag-events", "1.0", [feedRoute("/tags/events", ["tags.events.collection.get"])]) */
export function feedRoute(path: string, permissionsRequired: readonly string[]): Route {
  return route({
    method: "GET",
    path,
    summary: "Events after a position",
    permissionsRequired,
    query: Query,
    answers: { 200: Page },
    handle: async ({ query: { after = "0", limit = 100 }, db }) => {
      const page = await db.read((tx) => readFeed(tx, after, limit));
      if (!page.ok) {
        const message = `Events after ${after} are no longer kept: read everything anew, then events from ${page.error.keptFrom}`;
        return new Refusal(410, [{ message, code: "events-gone" }]);
      }
      const events = page.value.events.map((event) => ({
        ...event,
        publishedAt: event.publishedAt.toISOString(),
      }));
      return { status: 200, body: { events, position: page.value.position } };
    },
  });
}
