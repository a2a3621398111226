/** A metric with all its series, as Prometheus understands it. */
export interface Family {
  /** "octavo_requests_total": snake case, the unit behind the name, "_total" behind a counter. */
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** As they are now. */
  samples(): Iterable<Sample>;
}

export interface Sample {
  /** Behind the family's name. */
  readonly suffix: "" | "_bucket" | "_sum" | "_count";
  readonly labels: Labels;
  readonly value: number;
}

/** Values come from sets that do not grow with traffic: never a path, an id of a person or of a request. */
export type Labels = Readonly<Record<string, string>>;
