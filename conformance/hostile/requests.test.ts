import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examine, type Manner, manners } from "./examine-request.ts";
import { type Lanes, startLanes } from "./lanes.ts";
import { RecordingUpstream } from "./recording-upstream.ts";
import { requestVectors } from "./request-vector.ts";

/** Each vector in each manner, through a gateway process, in front of a module that keeps every byte. For each that is
 * accepted the module gets one request, with one reading; what is refused it does not get; and no answer is another's. */

const ideas = requestVectors("node:http");
const all = [...ideas.values()].flat();
const verdicts = new Map<string, readonly string[]>();
let lanes: Lanes<RecordingUpstream>;

beforeAll(async () => {
  lanes = await startLanes(16, () => RecordingUpstream.start());
  const runs = [...ideas].flatMap(([idea, vectors]) =>
    vectors.flatMap((vector) => manners.map((manner) => ({ idea, vector, manner }))),
  );
  await lanes.run(runs, async (lane, { idea, vector, manner }) => {
    verdicts.set(keyOf(idea, vector.name, manner), await examine(lane, vector, manner));
  });
}, 300_000);
afterAll(() => lanes.close());

function keyOf(idea: string, name: string, manner: Manner): string {
  return `${idea}: ${name}: ${manner}`;
}

describe("hostile requests", () => {
  it("are at least 300 and all different, and many are accepted, so that the gate is not simply shut", () => {
    expect(new Set(all.map(({ send, body, raw }) => JSON.stringify([send, body, raw]))).size).toBe(
      all.length,
    );
    expect(all.length).toBeGreaterThanOrEqual(300);
    expect(all.filter(({ expect: { kind } }) => kind === "accepted").length).toBeGreaterThanOrEqual(60);
  });

  describe.each([...ideas])("%s", (idea, vectors) => {
    it("have names of their own", () => {
      expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    });

    it.each(vectors)("$name", ({ name }) => {
      const found = manners.flatMap((manner) =>
        (verdicts.get(keyOf(idea, name, manner)) ?? ["it was not sent"]).map((each) => `${manner}: ${each}`),
      );
      expect(found).toEqual([]);
    });
  });
});
