import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { brokenClaims } from "./check-history.ts";
import type { History } from "./history.ts";
import { followALog } from "./planted/follow-a-log.ts";
import { relayPosts } from "./planted/relay-posts.ts";
import { workUnderALease } from "./planted/work-under-a-lease.ts";

/** A checker that finds nothing is worth what it would find: three bugs that such systems have had, each beside the same
 * program without it, on a real database and real sockets. */

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const claimsBrokenBy = (history: History) => new Set(brokenClaims(history).map(({ claim }) => claim));

describe("the checker catches", () => {
  it("a follower that goes by a sequence: what commits late is never seen", async () => {
    expect(claimsBrokenBy(await followALog(database.url, "sequence"))).toEqual(
      new Set(["a register can be ordered"]),
    );
  });

  it("a lease without fencing: what stood still does it again", async () => {
    expect(claimsBrokenBy(await workUnderALease(database.url, false))).toEqual(
      new Set(["no write takes place twice, a refused one not at all"]),
    );
  });

  it("a retry of what was sent: the module has it twice", async () => {
    expect(claimsBrokenBy(await relayPosts(true))).toEqual(
      new Set(["a module gets no POST twice, and each that was answered"]),
    );
  });
});

describe("the checker finds nothing in", () => {
  it("a follower that goes by a counter in the order of commits", async () => {
    expect(brokenClaims(await followALog(database.url, "counter"))).toEqual([]);
  });

  it("a lease whose epoch is part of each effect", async () => {
    expect(brokenClaims(await workUnderALease(database.url, true))).toEqual([]);
  });

  it("a failure that is told and not repeated", async () => {
    const history = await relayPosts(false);
    expect(brokenClaims(history)).toEqual([]);
    expect(history.calls.filter(({ outcome }) => outcome === "unknown").length).toBeGreaterThan(0);
  });
});
