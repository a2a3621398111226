/** Reads Prometheus' text format 0.0.4 as strictly as its description allows, for tests: what it takes, every scraper takes.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export interface ReadFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly ReadSample[];
}

interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,(?=.)|$)/s;
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?|\+Inf|-Inf|NaN)$/;

/** @throws with the line and what is wrong with it */
export function readExposition(text: string): ReadonlyMap<string, ReadFamily> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const families = new Map<string, ReadFamily & { samples: ReadSample[] }>();
  let current: (ReadFamily & { samples: ReadSample[] }) | null = null;
  let help: readonly [name: string, text: string] | null = null;
  for (const [at, line] of text.slice(0, -1).split("\n").entries()) {
    const fail = (because: string): never => {
      throw new Error(`line ${at + 1}: ${because}: ${line}`);
    };
    if (line.startsWith("# HELP ")) {
      const [, name = "", words = ""] = /^# HELP (\S+) (.*)$/s.exec(line) ?? fail("no HELP");
      help = [name, words];
    } else if (line.startsWith("# TYPE ")) {
      const [, name = "", type = ""] =
        /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line) ?? fail("no TYPE");
      if (!NAME.test(name)) fail("no name of a metric");
      if (help?.[0] !== name) fail("HELP does not stand before TYPE");
      if (families.has(name)) fail("a second group of one family");
      current = { name, type, help: help?.[1] ?? "", samples: [] };
      families.set(name, current);
    } else {
      const [, name = "", labels = "", value = ""] = SAMPLE.exec(line) ?? fail("no sample");
      if (current === null || !belongs(name, current)) return fail("not of the family that it stands in");
      if (!NUMBER.test(value)) fail("no number");
      current.samples.push({ name, labels: readLabels(labels, fail), value: numberOf(value) });
    }
  }
  for (const family of families.values()) checkFamily(family);
  return families;
}

function belongs(name: string, { name: family, type }: ReadFamily): boolean {
  return type === "histogram" ? /^_(?:bucket|sum|count)$/.test(name.slice(family.length)) : name === family;
}

function readLabels(text: string, fail: (because: string) => never): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== "";) {
    const [all = "", name = "", value = ""] = LABEL.exec(rest) ?? fail(`no label at ${rest}`);
    if (Object.hasOwn(labels, name)) fail(`label ${name} twice`);
    labels[name] = value.replaceAll(/\\(.)/gs, (_all, character: string) =>
      character === "n" ? "\n" : character,
    );
    rest = rest.slice(all.length);
  }
  return labels;
}

function numberOf(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  return text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);
}

function checkFamily(family: ReadFamily): void {
  const { name, type, samples } = family;
  const keys = samples.map((each) => `${each.name} ${keyOf(each.labels)}`);
  if (new Set(keys).size !== keys.length) throw new Error(`${name} has a series twice`);
  if (type !== "gauge" && samples.some(({ value }) => !(value >= 0))) throw new Error(`${name} goes below 0`);
  if ((type === "counter") !== name.endsWith("_total")) throw new Error(`${name} is a ${type}`);
  if (type === "histogram") checkHistogram(family);
}

function checkHistogram({ name, samples }: ReadFamily): void {
  const series = Map.groupBy(samples, ({ labels: { le: _le, ...labels } }) => keyOf(labels));
  for (const ofSeries of series.values()) {
    const of = (suffix: string) => ofSeries.filter((each) => each.name === name + suffix);
    const buckets = of("_bucket").map(
      ({ labels, value }) => [numberOf(labels["le"] ?? "NaN"), value] as const,
    );
    const rises = buckets.every(([bound, count], at) => {
      const [boundBefore, countBefore] = buckets[at - 1] ?? [Number.NEGATIVE_INFINITY, 0];
      return bound > boundBefore && count >= countBefore;
    });
    if (!rises) throw new Error(`the buckets of ${name} do not rise`);
    const [last] = buckets.slice(-1);
    if (last?.[0] !== Number.POSITIVE_INFINITY) throw new Error(`${name} has no last bucket`);
    if (of("_sum").length !== 1 || of("_count").length !== 1) throw new Error(`${name} has no sum or count`);
    if (of("_count")[0]?.value !== last[1]) throw new Error(`${name} counts other than its last bucket`);
  }
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
