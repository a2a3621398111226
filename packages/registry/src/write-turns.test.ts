import { describe, expect, it } from "vitest";
import { WriteTurns } from "./write-turns.ts";

/** Time that passes when it is told to. */
class ToldTime {
  readonly #due = new Map<number, () => void>();
  #next = 0;
  after(_ms: number, work: () => void): () => void {
    const at = (this.#next += 1);
    this.#due.set(at, work);
    return () => this.#due.delete(at);
  }
  pass(): void {
    for (const work of this.#due.values()) work();
    this.#due.clear();
  }
}

function turns() {
  const time = new ToldTime();
  const all = new WriteTurns(time);
  const done: string[] = [];
  const write = (name: string, work: () => Promise<string> = () => Promise.resolve(name)) =>
    all.take(
      async () => {
        done.push(name);
        return work();
      },
      (outcome) => outcome === "away",
      (cause) => `refused: ${cause}`,
    );
  return { time, write, done };
}

describe("writes of one instance", () => {
  it("go one after another, also after one that threw", async () => {
    const { write, done } = turns();
    const first = write("first", () => Promise.reject(new Error("broken")));
    const second = write("second");
    await expect(first).rejects.toThrow("broken");
    expect(await second).toBe("second");
    expect(done).toEqual(["first", "second"]);
  });

  it("that waited behind one which found the database away are told the same", async () => {
    const { write, done } = turns();
    const [, second] = await Promise.all([write("first", () => Promise.resolve("away")), write("second")]);
    expect(second).toMatch(/^refused: the database was found away/u);
    expect(await write("third")).toBe("third");
    expect(done).toEqual(["first", "third"]);
  });

  it("that waited too long are told so, and are never tried; those that were begun go on", async () => {
    const { time, write, done } = turns();
    const first = Promise.withResolvers<string>();
    const answers = [write("first", () => first.promise), write("second")];
    await expect.poll(() => done).toEqual(["first"]);
    time.pass();
    expect(await answers[1]).toBe("refused: it waited 10 s for writes before it");
    const third = write("third");
    first.resolve("first");
    expect([await answers[0], await third]).toEqual(["first", "third"]);
    expect(done).toEqual(["first", "third"]);
  });

  it("of which a thousand wait are told at once to come again", async () => {
    const { write } = turns();
    const first = Promise.withResolvers<string>();
    const many = Array.from({ length: 1001 }, (_none, n) => write(String(n), () => first.promise));
    expect(await many[1000]).toMatch(/1000 writes wait already/u);
    first.resolve("first");
    expect((await Promise.all(many)).filter((each) => each === "first")).toHaveLength(1000);
  });
});
