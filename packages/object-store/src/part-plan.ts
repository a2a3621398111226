import { err, ok, type Result } from "@octavo/result";

/** How a file comes in parts: all of `partSizeBytes`, the last one of what is left. */
export interface PartPlan {
  readonly sizeBytes: number;
  readonly partSizeBytes: number;
  readonly partCount: number;
}

export interface TooLarge {
  readonly kind: "too-large";
  readonly sizeBytes: number;
  readonly mostBytes: number;
}

const MIB = 1024 * 1024;
/** A part passes through memory where the store cannot be reached by browsers; S3 wants at least 5 MiB. */
const SMALLEST_PART = 8 * MIB;
const LARGEST_PART = 64 * MIB;
/** The most that S3 takes. */
const MOST_PARTS = 10_000;

/** Part sizes are whole MiB, so that a client can compute where each begins without our answer at hand.
 * @param sizeBytes of the whole file, 0 included: an empty file is one empty part */
export function planParts(sizeBytes: number): Result<PartPlan, TooLarge> {
  const mostBytes = LARGEST_PART * MOST_PARTS;
  if (sizeBytes > mostBytes) return err({ kind: "too-large", sizeBytes, mostBytes });
  const partSizeBytes = Math.max(SMALLEST_PART, Math.ceil(sizeBytes / MOST_PARTS / MIB) * MIB);
  return ok({ sizeBytes, partSizeBytes, partCount: Math.max(1, Math.ceil(sizeBytes / partSizeBytes)) });
}

/** The bytes of part `number` (from 1), as a range of the file: `to` is the byte after its last. */
export function bytesOfPart(plan: PartPlan, number: number): { readonly from: number; readonly to: number } {
  const from = (number - 1) * plan.partSizeBytes;
  return { from, to: Math.min(from + plan.partSizeBytes, plan.sizeBytes) };
}

/** What a client has to send yet, in order: parts that are not there, or are there in another size. */
export function missingParts(
  plan: PartPlan,
  received: readonly { readonly number: number; readonly sizeBytes: number }[],
): readonly number[] {
  const sizes = new Map(received.map((part) => [part.number, part.sizeBytes]));
  const numbers = Array.from({ length: plan.partCount }, (_none, at) => at + 1);
  return numbers.filter((number) => {
    const { from, to } = bytesOfPart(plan, number);
    return sizes.get(number) !== to - from;
  });
}
