/** Where a value stands in a body, kept as a chain and spelled out only when there is something to say about it. */
export interface Place {
  readonly parent: Place | null;
  /** A key, or an index in an array. */
  readonly step: string | number;
}

/** "provides[0].handlers[2].type"; the body itself is "the body". */
export function placeText(place: Place | null): string {
  let text = "";
  for (let at = place; at !== null; at = at.parent) {
    const isFirst = at.parent === null;
    text = (typeof at.step === "number" ? `[${at.step}]` : isFirst ? at.step : `.${at.step}`) + text;
  }
  return text === "" ? "the body" : text;
}
