import type { Family, Labels, Sample } from "./family.ts";

/** A value, or one under each set of labels, that somebody else keeps; null: there is none now. */
type Reading = number | null | Iterable<readonly [Labels, number]>;

/** What is not kept here but read when it is asked for. */
export function readAtScrape(
  type: "gauge" | "counter",
  name: string,
  help: string,
  read: () => Reading,
): Family {
  return { name, help, type, samples: () => samplesOf(read()) };
}

function* samplesOf(reading: Reading): Generator<Sample> {
  if (reading === null) return;
  if (typeof reading === "number") yield { suffix: "", labels: {}, value: reading };
  else for (const [labels, value] of reading) yield { suffix: "", labels, value };
}
