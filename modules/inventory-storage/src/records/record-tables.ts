import { collection, type DocumentCollection, searchable } from "@octavo/module-kit";
import { type HoldingsRecord, HoldingsRecordFields } from "../holdings/holdings-schema.ts";
import { type Instance, InstanceFields } from "../instances/instance-schema.ts";
import { isbnIndexes } from "../instances/isbn-indexes.ts";
import { type Item, ItemFields } from "../items/item-schema.ts";

/** The three tables of records, in one file since each is searched by the fields of the others. What is under `dynamic` mod-inventory-storage
 * has no index for either. */

export const instances: DocumentCollection<Instance> = collection("instance", {
  schema: InstanceFields,
  references: [
    { field: "statusId", to: "instance_status" },
    { field: "modeOfIssuanceId", to: "mode_of_issuance" },
    { field: "instanceTypeId", to: "instance_type" },
  ],
  unique: [{ fields: ["hrid"] }, { fields: ["matchKey"] }],
  indexes: [
    searchable.text("hrid", ["exact"]),
    searchable.text("matchKey", ["exact"]),
    searchable.text("source", ["exact", "words"]),
    searchable.text("title", ["exact", "words"]),
    searchable.text("indexTitle", ["exact", "words"]),
    searchable.objects("identifiers", {
      property: "value",
      modifiers: ["identifierTypeId"],
      match: ["exact", "words"],
    }),
    searchable.objects("contributors", {
      property: "name",
      modifiers: ["contributorNameTypeId", "contributorTypeId"],
      match: ["exact", "words"],
    }),
    searchable.objects("publication", {
      property: "publisher",
      modifiers: ["place", "dateOfPublication"],
      match: ["words"],
    }),
    ...isbnIndexes,
    searchable.texts("statisticalCodeIds", ["exact"]),
    searchable.texts("languages", ["exact"]),
    searchable.boolean("staffSuppress"),
    searchable.boolean("discoverySuppress"),
    searchable.date("metadata.createdDate"),
    searchable.date("metadata.updatedDate"),
  ],
  dynamic: [
    "alternativeTitles",
    "catalogedDate",
    "classifications",
    "editions",
    "electronicAccess",
    "instanceFormatIds",
    "metadata.createdByUserId",
    "metadata.updatedByUserId",
    "natureOfContentTermIds",
    "notes",
    "physicalDescriptions",
    "previouslyHeld",
    "series",
    "sourceRecordFormat",
    "statusUpdatedDate",
    "subjects",
    "tags.tagList",
  ],
  foreign: [
    {
      alias: "holdingsRecords",
      steps: [{ to: "children", table: "holdings_record", key: "instanceId" }],
    },
    {
      alias: "item",
      steps: [
        { to: "children", table: "holdings_record", key: "instanceId" },
        { to: "children", table: "item", key: "holdingsRecordId" },
      ],
    },
  ],
  related: () => [holdings, items],
});

export const holdings: DocumentCollection<HoldingsRecord> = collection("holdings_record", {
  schema: HoldingsRecordFields,
  references: [
    { field: "instanceId", to: "instance" },
    { field: "permanentLocationId", to: "location" },
    { field: "temporaryLocationId", to: "location" },
    { field: "effectiveLocationId", to: "location" },
    { field: "holdingsTypeId", to: "holdings_type" },
    { field: "callNumberTypeId", to: "call_number_type" },
    { field: "illPolicyId", to: "ill_policy" },
    { field: "sourceId", to: "holdings_records_source" },
  ],
  unique: [{ fields: ["hrid"] }],
  indexes: [
    searchable.text("hrid", ["exact"]),
    searchable.text("callNumber", ["exact", "words"]),
    searchable.joined("callNumberAndSuffix", ["callNumber", "callNumberSuffix"], ["exact"]),
    searchable.joined("fullCallNumber", ["callNumberPrefix", "callNumber", "callNumberSuffix"], ["exact"]),
    searchable.boolean("discoverySuppress"),
    searchable.date("metadata.createdDate"),
    searchable.date("metadata.updatedDate"),
  ],
  dynamic: [
    "acquisitionMethod",
    "callNumberPrefix",
    "callNumberSuffix",
    "copyNumber",
    "electronicAccess",
    "formerIds",
    "metadata.createdByUserId",
    "metadata.updatedByUserId",
    "notes",
    "receiptStatus",
    "shelvingTitle",
    "statisticalCodeIds",
    "tags.tagList",
  ],
  foreign: [
    { alias: "instance", steps: [{ to: "parent", table: "instance", key: "instanceId" }] },
    { alias: "item", steps: [{ to: "children", table: "item", key: "holdingsRecordId" }] },
  ],
  related: () => [instances, items],
});

export const items: DocumentCollection<Item> = collection("item", {
  schema: ItemFields,
  references: [
    { field: "holdingsRecordId", to: "holdings_record" },
    { field: "permanentLoanTypeId", to: "loan_type" },
    { field: "temporaryLoanTypeId", to: "loan_type" },
    { field: "materialTypeId", to: "material_type" },
    { field: "permanentLocationId", to: "location" },
    { field: "temporaryLocationId", to: "location" },
    { field: "effectiveLocationId", to: "location" },
  ],
  unique: [{ fields: ["barcode"] }, { fields: ["hrid"] }],
  indexes: [
    searchable.text("hrid", ["exact"]),
    searchable.text("barcode", ["exact", "words"]),
    searchable.text("accessionNumber", ["exact"]),
    searchable.text("status.name", ["exact", "words"]),
    searchable.text("effectiveCallNumberComponents.callNumber", ["exact", "words"]),
    searchable.joined(
      "callNumberAndSuffix",
      ["effectiveCallNumberComponents.callNumber", "effectiveCallNumberComponents.suffix"],
      ["exact"],
    ),
    searchable.joined(
      "fullCallNumber",
      [
        "effectiveCallNumberComponents.prefix",
        "effectiveCallNumberComponents.callNumber",
        "effectiveCallNumberComponents.suffix",
      ],
      ["exact"],
    ),
    searchable.text("effectiveShelvingOrder", ["exact"]),
    searchable.text("purchaseOrderLineIdentifier", ["exact"]),
    searchable.boolean("discoverySuppress"),
    searchable.date("metadata.createdDate"),
    searchable.date("metadata.updatedDate"),
  ],
  dynamic: [
    "chronology",
    "circulationNotes",
    "copyNumber",
    "electronicAccess",
    "enumeration",
    "formerIds",
    "inTransitDestinationServicePointId",
    "itemDamagedStatusId",
    "itemIdentifier",
    "itemLevelCallNumber",
    "itemLevelCallNumberTypeId",
    "lastCheckIn.dateTime",
    "lastCheckIn.servicePointId",
    "metadata.createdByUserId",
    "metadata.updatedByUserId",
    "missingPiecesDate",
    "notes",
    "statisticalCodeIds",
    "status.date",
    "tags.tagList",
    "volume",
  ],
  foreign: [
    {
      alias: "holdingsRecords",
      steps: [{ to: "parent", table: "holdings_record", key: "holdingsRecordId" }],
    },
    {
      alias: "instance",
      steps: [
        { to: "parent", table: "holdings_record", key: "holdingsRecordId" },
        { to: "parent", table: "instance", key: "instanceId" },
      ],
    },
  ],
  related: () => [holdings, instances],
});
