const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/giu;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/gu;

/** Takes out of texts and values what differs between two runs of one flow: each id is named by its first appearance, times are all the same. */
export class Normaliser {
  readonly #names = new Map<string, string>();
  readonly #tenantId: string;

  constructor(tenantId: string) {
    this.#tenantId = tenantId;
  }

  text(text: string): string {
    return text
      .replaceAll(UUID, (id) => this.#nameOf(id.toLowerCase()))
      .replaceAll(TIME, "<time>")
      .replaceAll(this.#tenantId, "<tenant>");
  }

  /** Keys are sorted: their order is nobody's promise. */
  json(value: unknown): string {
    return this.text(JSON.stringify(value, sortedKeys) ?? "");
  }

  #nameOf(id: string): string {
    const name = this.#names.get(id) ?? `<id ${this.#names.size + 1}>`;
    this.#names.set(id, name);
    return name;
  }
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
