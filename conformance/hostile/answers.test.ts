import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerVectors } from "./answer-vector.ts";
import { AnsweringModule, type AnswerManner, answerManners } from "./answering-module.ts";
import { examineAnswer } from "./examine-answer.ts";
import { type Lanes, startLanes } from "./lanes.ts";

/** What hostile modules answer, in each manner, through a gateway process: 502 with a sentence, or an answer that visibly
 * breaks off; a connection about which there is a doubt is not used again; the next client gets its own answer. */

const ideas = answerVectors();
const all = [...ideas.values()].flat();
const verdicts = new Map<string, readonly string[]>();
let lanes: Lanes<AnsweringModule>;

beforeAll(async () => {
  lanes = await startLanes(12, () => AnsweringModule.start());
  const runs = [...ideas].flatMap(([idea, vectors]) =>
    vectors.flatMap((vector) => answerManners.map((manner) => ({ idea, vector, manner }))),
  );
  await lanes.run(runs, async (lane, { idea, vector, manner }) => {
    verdicts.set(keyOf(idea, vector.name, manner), await examineAnswer(lane, vector, manner));
  });
}, 300_000);
afterAll(() => lanes.close());

function keyOf(idea: string, name: string, manner: AnswerManner): string {
  return `${idea}: ${name}: ${manner}`;
}

describe("hostile modules", () => {
  it("have at least 60 answers, all different, some of them good", () => {
    const distinct = new Set(all.map((vector) => JSON.stringify({ ...vector, name: "", expect: "" })));
    expect(distinct.size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(60);
    expect(all.filter(({ expect: { kind } }) => kind === "accepted").length).toBeGreaterThanOrEqual(20);
  });

  describe.each([...ideas])("%s", (idea, vectors) => {
    it("have names of their own", () => {
      expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    });

    it.each(vectors)("$name", ({ name }) => {
      const found = answerManners.flatMap((manner) =>
        (verdicts.get(keyOf(idea, name, manner)) ?? ["it was not sent"]).map((each) => `${manner}: ${each}`),
      );
      expect(found).toEqual([]);
    });
  });
});
