import { collection, type DocumentCollection, Type } from "@octavo/module-kit";

/** Which of the three kinds of record a human readable id belongs to, as the settings name them. */
export const HRID_KINDS = ["instances", "holdings", "items"] as const;
export type HridKind = (typeof HRID_KINDS)[number];

export const LARGEST_HRID = 99_999_999_999;

const closed = { additionalProperties: false };
const OfKind = Type.Object(
  {
    prefix: Type.Optional(Type.String({ pattern: "^[0-9a-zA-Z.-]{0,10}$" })),
    startNumber: Type.Integer({ minimum: 1, maximum: LARGEST_HRID }),
    currentNumber: Type.Optional(Type.Integer({ description: "The last that was drawn; not kept" })),
  },
  closed,
);

/** How human readable ids look, and where they begin: one row, that is there from the first step on. */
export const hridSettings = collection("hrid_settings", {
  schema: Type.Object(
    {
      instances: OfKind,
      holdings: OfKind,
      items: OfKind,
      commonRetainLeadingZeroes: Type.Optional(Type.Boolean()),
    },
    closed,
  ),
  isVersioned: false,
});

export type HridSettings = typeof hridSettings extends DocumentCollection<infer T> ? T : never;

export const SETTINGS_ID = "a501f2a8-5b31-48b2-874d-2191e48db8cd";
