import { name, type ReadTransaction, sql } from "@octavo/module-kit";

interface Row {
  readonly id: string;
  readonly document: string;
}

type Described = Readonly<Record<string, unknown>>;

/** Tables whose rows stand in a harvest by their names. */
const TABLES = [
  "location",
  "locinstitution",
  "loccampus",
  "loclibrary",
  "call_number_type",
  "holdings_type",
  "ill_policy",
  "material_type",
  "loan_type",
  "item_damaged_status",
  "electronic_access_relationship",
  "item_note_type",
  "holdings_note_type",
  "statistical_code",
  "statistical_code_type",
  "nature_of_content_term",
  "mode_of_issuance",
] as const;
type Table = (typeof TABLES)[number];

/** What records are described with, read once for a harvest. */
export class Descriptions {
  readonly #rows: ReadonlyMap<string, Described>;

  constructor(rows: ReadonlyMap<string, Described>) {
    this.#rows = rows;
  }

  static async read(tx: ReadTransaction): Promise<Descriptions> {
    const rows = new Map<string, Described>();
    for (const table of TABLES) {
      const all = await tx.rows<Row>(sql`select id, jsonb::text as document from ${name(table)}`);
      for (const { id, document } of all) rows.set(`${table} ${id}`, JSON.parse(document) as Described); // as: documents are objects
    }
    return new Descriptions(rows);
  }

  row(table: Table, id: unknown): Described | undefined {
    return typeof id === "string" ? this.#rows.get(`${table} ${id.toLowerCase()}`) : undefined;
  }

  nameOf(table: Table, id: unknown): unknown {
    return this.row(table, id)?.["name"];
  }

  /** A location with the names of what it belongs to; one that is not active is not shown. */
  location(id: unknown): Described {
    const location = this.row("location", id);
    if (location === undefined || location["isActive"] !== true) return {};
    const library = this.row("loclibrary", location["libraryId"]);
    return {
      name: location["discoveryDisplayName"] ?? location["name"],
      code: location["code"],
      id: location["id"],
      campusName: this.nameOf("loccampus", location["campusId"]),
      libraryName: library?.["name"],
      libraryCode: library?.["code"],
      institutionName: this.nameOf("locinstitution", location["institutionId"]),
    };
  }

  electronicAccess(all: unknown): readonly object[] {
    return objectsIn(all).map((each) => ({
      ...each,
      name: this.nameOf("electronic_access_relationship", each["relationshipId"]),
    }));
  }

  /** Notes that are not for staff alone.
   * @param field that names the type: "itemNoteTypeId" gives "itemNoteTypeName" */
  publicNotes(
    all: unknown,
    field: string,
    table: "item_note_type" | "holdings_note_type",
  ): readonly object[] {
    return objectsIn(all)
      .filter(({ staffOnly }) => staffOnly !== true)
      .map(({ [field]: typeId, staffOnly: _staffOnly, ...note }) => ({
        ...note,
        [field.replace(/Id$/u, "Name")]: this.nameOf(table, typeId),
      }));
  }

  statisticalCodes(ids: unknown): readonly object[] {
    return (Array.isArray(ids) ? ids : []).flatMap((id: unknown) => {
      const code = this.row("statistical_code", id);
      const type = this.row("statistical_code_type", code?.["statisticalCodeTypeId"]);
      if (code === undefined || type === undefined) return [];
      return [
        {
          id: code["id"],
          code: code["code"],
          name: code["name"],
          statisticalCodeType: type["name"],
          source: type["source"],
        },
      ];
    });
  }
}

function objectsIn(value: unknown): readonly Described[] {
  return Array.isArray(value)
    ? value.filter((each): each is Described => typeof each === "object" && each !== null)
    : [];
}
