import { BodyFailure } from "@octavo/http-wire";
import { describe, expect, it } from "vitest";
import { LogTap } from "./log-tap.ts";

const piece = new Uint8Array(100 * 1024);

async function lengthOf(tap: LogTap): Promise<number> {
  return (await tap.readAll(Number.MAX_SAFE_INTEGER))?.length ?? -1;
}

describe("a log stage's copy of a body", () => {
  it("holds up nobody while its reader keeps up", async () => {
    const tap = new LogTap();
    expect(tap.push(piece)).toBeNull();
    expect(tap.push(piece)).toBeNull();
    tap.end();
    expect(await lengthOf(tap)).toBe(2 * piece.length);
  });

  it("holds up the others when its reader is behind, until it has read", async () => {
    const tap = new LogTap();
    void tap.push(piece);
    void tap.push(piece);
    const waiting = tap.push(piece);
    expect(waiting).toBeInstanceOf(Promise);
    const reading = lengthOf(tap);
    await waiting;
    tap.end();
    expect(await reading).toBe(3 * piece.length);
  });

  it("holds up nobody when its reader has given up", async () => {
    const tap = new LogTap();
    void tap.push(piece);
    void tap.push(piece);
    const waiting = tap.push(piece);
    tap.giveUp();
    await waiting;
    expect(tap.push(piece)).toBeNull();
  });

  it("fails for its reader when the body breaks off, after what had come", async () => {
    const tap = new LogTap();
    void tap.push(piece);
    tap.fail();
    await expect(tap.readAll(1_000_000)).rejects.toThrow(BodyFailure);
  });

  it("does not fail after its end", async () => {
    const tap = new LogTap();
    void tap.push(piece);
    tap.end();
    tap.fail();
    expect(await lengthOf(tap)).toBe(piece.length);
  });
});
