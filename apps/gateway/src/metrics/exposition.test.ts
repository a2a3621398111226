import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CounterFamily } from "./counter.ts";
import { HistogramFamily } from "./histogram.ts";
import { joinProcesses, readFamilies } from "./join-processes.ts";
import { printFamilies } from "./print-families.ts";
import { readAtScrape } from "./read-at-scrape.ts";
import { SeriesByLabels } from "./series-by-labels.ts";
import { readExposition } from "./testing/read-exposition.ts";

describe("the reader of these tests refuses", () => {
  const head = "# HELP a_total x\n# TYPE a_total counter\n";
  const histogram = "# HELP h x\n# TYPE h histogram\n";
  const cases: readonly (readonly [what: string, text: string, because: string])[] = [
    ["no end of the last line", `${head}a_total 1`, "the last line"],
    ["a sample without TYPE", "a_total 1\n", "not of the family"],
    ["TYPE without HELP", "# TYPE a_total counter\na_total 1\n", "HELP does not stand"],
    ["HELP of another", "# HELP b x\n# TYPE a_total counter\n", "HELP does not stand"],
    ["an unknown type", "# HELP a x\n# TYPE a thing\n", "no TYPE"],
    ["a family twice", head + head, "a second group"],
    ["a sample of another family", `${head}b_total 1\n`, "not of the family"],
    ["a name with a dot", "# HELP a.b x\n# TYPE a.b gauge\n", "no name"],
    ["a name that begins with a digit", "# HELP 1a x\n# TYPE 1a gauge\n", "no name"],
    ["a value that is no number", `${head}a_total one\n`, "no number"],
    ["a value in hexadecimal", `${head}a_total 0x1\n`, "no number"],
    ["two spaces", `${head}a_total  1\n`, "no sample"],
    ["a label with a dash", `${head}a_total{x-y="1"} 1\n`, "no label"],
    ["a label without quotes", `${head}a_total{x=1} 1\n`, "no label"],
    ["a label twice", `${head}a_total{x="1",x="2"} 1\n`, "label x twice"],
    ["a quote in a value", `${head}a_total{x="a"b"} 1\n`, "no label"],
    ["an unknown escape", `${head}a_total{x="a\\t"} 1\n`, "no label"],
    ["labels without comma", `${head}a_total{x="1"y="2"} 1\n`, "no label"],
    ["a series twice", `${head}a_total{x="1",y="2"} 1\na_total{y="2",x="1"} 1\n`, "has a series twice"],
    ["a counter below 0", `${head}a_total -1\n`, "goes below 0"],
    ["a counter without _total", "# HELP a x\n# TYPE a counter\na 1\n", "is a counter"],
    ["a gauge with _total", "# HELP a_total x\n# TYPE a_total gauge\na_total 1\n", "is a gauge"],
    [
      "a histogram without a last bucket",
      `${histogram}h_bucket{le="1"} 1\nh_sum 1\nh_count 1\n`,
      "no last bucket",
    ],
    [
      "buckets that fall",
      `${histogram}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`,
      "do not rise",
    ],
    [
      "bounds that fall",
      `${histogram}h_bucket{le="2"} 1\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`,
      "do not rise",
    ],
    [
      "a count that is not the last bucket's",
      `${histogram}h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n`,
      "counts other",
    ],
    ["a histogram without sum", `${histogram}h_bucket{le="+Inf"} 1\nh_count 1\n`, "no sum"],
    ["an empty line", `${head}\na_total 1\n`, "no sample"],
  ];
  it.each(cases)("%s", (_what, text, because) => {
    expect(() => readExposition(text)).toThrow(because);
  });
});

describe("what is printed", () => {
  it("is the text that Prometheus' description shows", () => {
    const requests = new CounterFamily("b_total", "Things, \\ and\nmore", ["of"]);
    requests.of('a"b').add();
    requests.of("c").add(2);
    const seconds = new HistogramFamily("a_seconds", "Time", ["of"], [0.5, 1]);
    for (const value of [0.25, 0.5, 0.75, 3]) seconds.of("x").observe(value);
    const now = readAtScrape("gauge", "c", "Now", () => 1.5);
    expect(printFamilies([requests, now, seconds])).toBe(
      [
        "# HELP a_seconds Time",
        "# TYPE a_seconds histogram",
        'a_seconds_bucket{of="x",le="0.5"} 2',
        'a_seconds_bucket{of="x",le="1"} 3',
        'a_seconds_bucket{of="x",le="+Inf"} 4',
        'a_seconds_sum{of="x"} 4.5',
        'a_seconds_count{of="x"} 4',
        String.raw`# HELP b_total Things, \\ and\nmore`,
        "# TYPE b_total counter",
        String.raw`b_total{of="a\"b"} 1`,
        'b_total{of="c"} 2',
        "# HELP c Now",
        "# TYPE c gauge",
        "c 1.5",
        "",
      ].join("\n"),
    );
  });

  it("is read back as it was counted, whatever a label holds and how large a number is", () => {
    const values = fc.array(
      fc.tuple(fc.string({ unit: "binary" }).filter(isOneLabel), fc.double({ min: 0, noNaN: true })),
    );
    fc.assert(
      fc.property(values, (counted) => {
        const family = new CounterFamily("a_total", "x", ["of"]);
        const expected = new Map<string, number>();
        for (const [label, amount] of counted) {
          family.of(label).add(amount);
          expected.set(label, (expected.get(label) ?? 0) + amount);
        }
        const read = readExposition(printFamilies([family])).get("a_total");
        expect(new Map(read?.samples.map(({ labels, value }) => [labels["of"], value]))).toEqual(expected);
      }),
    );
  });

  it("has each observation in the first bucket that is not below it, and in all above", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1 }), (observed) => {
        const family = new HistogramFamily("a", "x", [], [0.1, 1, 10]);
        for (const value of observed) family.of().observe(value);
        const read = readExposition(printFamilies([family])).get("a");
        const counts =
          read?.samples.filter(({ name }) => name === "a_bucket").map(({ value }) => value) ?? [];
        const bounds = [0.1, 1, 10, Number.POSITIVE_INFINITY];
        expect(counts).toEqual(bounds.map((bound) => observed.filter((value) => value <= bound).length));
      }),
    );
  });

  it("leaves out what there is none of now", () => {
    expect(printFamilies([readAtScrape("gauge", "a", "x", () => null)])).toBe("# HELP a x\n# TYPE a gauge\n");
  });
});

/** Series are told apart by the line breaks between values, which no label of ours holds. */
function isOneLabel(text: string): boolean {
  return text.isWellFormed() && !text.includes("\n");
}

describe("series by labels", () => {
  it("are the same one for the same values", () => {
    const series = new SeriesByLabels(["a", "b"], () => ({}));
    expect(series.of("1", "2")).toBe(series.of("1", "2"));
    expect(series.of("1", "2")).not.toBe(series.of("2", "1"));
  });

  it("end at a bound: what comes then shares one", () => {
    const series = new SeriesByLabels(["a"], () => ({}));
    for (let number = 0; number < 5000; number += 1) series.of(String(number));
    expect([...series.entries()]).toHaveLength(4001);
    expect(series.of("5001")).toBe(series.of("5002"));
    expect([...series.entries()].at(-1)?.[0]).toEqual({ a: "other" });
  });
});

describe("what several processes count", () => {
  it("is one family each, its series told apart and not added up", () => {
    const familiesOf = (of: Readonly<Record<string, number>>) => {
      const family = new CounterFamily("a_total", "x", ["of"]);
      for (const [label, amount] of Object.entries(of)) family.of(label).add(amount);
      return readFamilies([family]);
    };
    const joined = joinProcesses([
      { process: "main", families: familiesOf({}) },
      { process: "worker-0", families: familiesOf({ x: 1, y: 2 }) },
      { process: "worker-1", families: familiesOf({ x: 5 }) },
    ]);
    const read = readExposition(printFamilies(joined)).get("a_total");
    expect(read?.samples.map(({ labels, value }) => [labels["process"], labels["of"], value])).toEqual([
      ["worker-0", "x", 1],
      ["worker-0", "y", 2],
      ["worker-1", "x", 5],
    ]);
  });
});
