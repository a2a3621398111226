import { describe, expect, it } from "vitest";
import { BatchedLines } from "./batched-lines.ts";

describe("lines that are written some at a time", () => {
  it("keep their order, and none is cut or lost", () => {
    const written: string[] = [];
    const lines = new BatchedLines((text) => written.push(text));
    const added = Array.from({ length: 1000 }, (_, number) => `${"x".repeat(number % 300)} ${number}\n`);
    for (const line of added) lines.add(line);
    lines.flush();
    expect(written.join("")).toBe(added.join(""));
    expect(written.filter((text) => !text.endsWith("\n") || text.length > 4096)).toEqual([]);
    expect(written.length).toBeLessThan(added.length / 10);
  });

  it("are written after a moment where no further one comes", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    new BatchedLines(resolve).add("one\n");
    // Its own timer keeps no process alive; this one does, until the line is there.
    const alive = setInterval(() => undefined, 1000);
    expect(await promise).toBe("one\n");
    clearInterval(alive);
  });

  it("that are too long for the others are written by themselves", () => {
    const written: string[] = [];
    const lines = new BatchedLines((text) => written.push(text));
    const long = `${"x".repeat(5000)}\n`;
    for (const line of ["a\n", long, "b\n"]) lines.add(line);
    lines.flush();
    expect(written).toEqual(["a\n", long, "b\n"]);
  });
});
