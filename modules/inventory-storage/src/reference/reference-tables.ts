import { Type, Uuid } from "@octavo/module-kit";
import { Text } from "../records/shapes.ts";
import { type ReferenceTable, referenceTable } from "./reference-table.ts";

const named = { name: Type.String(), source: Text };
const sourced = { name: Type.String(), source: Type.String() };
const coded = { name: Type.String(), code: Type.String(), source: Type.String() };
const byNameAndCode = [{ fields: ["name"] }, { fields: ["code"] }];

/** What instances, holdings records and items are described with, a table before those that refer to it. */
export const referenceTables: readonly ReferenceTable[] = [
  // Instances
  referenceTable({
    table: "instance_type",
    path: "/instance-types",
    version: "2.0",
    listName: "instanceTypes",
    fields: coded,
    isOpen: true,
    unique: byNameAndCode,
    hasMetadata: false,
  }),
  referenceTable({
    table: "instance_format",
    path: "/instance-formats",
    version: "2.0",
    listName: "instanceFormats",
    fields: coded,
    isOpen: true,
    unique: byNameAndCode,
    hasMetadata: false,
  }),
  referenceTable({
    table: "instance_status",
    path: "/instance-statuses",
    version: "1.0",
    listName: "instanceStatuses",
    fields: coded,
    isOpen: true,
    unique: byNameAndCode,
  }),
  referenceTable({
    table: "mode_of_issuance",
    path: "/modes-of-issuance",
    version: "1.1",
    listName: "issuanceModes",
    fields: named,
    isOpen: true,
  }),
  referenceTable({
    table: "nature_of_content_term",
    path: "/nature-of-content-terms",
    version: "1.0",
    listName: "natureOfContentTerms",
    fields: sourced,
  }),
  referenceTable({
    table: "identifier_type",
    path: "/identifier-types",
    version: "1.2",
    listName: "identifierTypes",
    fields: named,
    isOpen: true,
  }),
  referenceTable({
    table: "contributor_type",
    path: "/contributor-types",
    version: "2.0",
    listName: "contributorTypes",
    fields: coded,
    isOpen: true,
    unique: byNameAndCode,
    hasMetadata: false,
  }),
  referenceTable({
    table: "contributor_name_type",
    path: "/contributor-name-types",
    version: "1.3",
    listName: "contributorNameTypes",
    fields: { ...named, ordering: Text },
    isOpen: true,
  }),
  referenceTable({
    table: "classification_type",
    path: "/classification-types",
    version: "1.2",
    listName: "classificationTypes",
    fields: named,
    isOpen: true,
  }),
  referenceTable({
    table: "alternative_title_type",
    path: "/alternative-title-types",
    version: "1.0",
    listName: "alternativeTitleTypes",
    fields: sourced,
  }),
  referenceTable({
    table: "instance_note_type",
    path: "/instance-note-types",
    version: "1.0",
    listName: "instanceNoteTypes",
    fields: sourced,
  }),
  referenceTable({
    table: "instance_relationship_type",
    path: "/instance-relationship-types",
    version: "1.0",
    listName: "instanceRelationshipTypes",
    fields: { name: Type.String() },
    isOpen: true,
  }),

  // All three
  referenceTable({
    table: "electronic_access_relationship",
    path: "/electronic-access-relationships",
    version: "1.1",
    listName: "electronicAccessRelationships",
    fields: named,
    isOpen: true,
  }),
  referenceTable({
    table: "statistical_code_type",
    path: "/statistical-code-types",
    version: "1.0",
    listName: "statisticalCodeTypes",
    fields: sourced,
    isOpen: true,
  }),
  referenceTable({
    table: "statistical_code",
    path: "/statistical-codes",
    version: "1.0",
    listName: "statisticalCodes",
    fields: { ...coded, statisticalCodeTypeId: Uuid },
    unique: [{ fields: ["code", "statisticalCodeTypeId"] }, { fields: ["name"] }],
    references: [{ field: "statisticalCodeTypeId", to: "statistical_code_type" }],
  }),

  // Holdings records
  referenceTable({
    table: "holdings_records_source",
    path: "/holdings-sources",
    version: "1.0",
    listName: "holdingsRecordsSources",
    fields: { name: Type.String(), source: Type.Optional(Type.Enum(["folio", "local", "consortium"])) },
    isOpen: true,
    sealed: {
      source: "folio",
      put: null,
      delete: "Holdings Records Sources with source of folio can not be deleted",
    },
  }),
  referenceTable({
    table: "holdings_type",
    path: "/holdings-types",
    version: "1.0",
    listName: "holdingsTypes",
    fields: sourced,
  }),
  referenceTable({
    table: "holdings_note_type",
    path: "/holdings-note-types",
    version: "1.0",
    listName: "holdingsNoteTypes",
    fields: sourced,
  }),
  referenceTable({
    table: "ill_policy",
    path: "/ill-policies",
    version: "1.0",
    listName: "illPolicies",
    fields: sourced,
  }),
  referenceTable({
    table: "call_number_type",
    path: "/call-number-types",
    version: "1.0",
    listName: "callNumberTypes",
    fields: sourced,
    sealed: {
      source: "system",
      put: "System call number type couldn't be updated",
      delete: "System call number type couldn't be deleted",
    },
  }),

  // Items
  referenceTable({
    table: "material_type",
    path: "/material-types",
    version: "2.2",
    listName: "mtypes",
    fields: named,
  }),
  referenceTable({
    table: "loan_type",
    path: "/loan-types",
    version: "2.3",
    listName: "loantypes",
    fields: named,
  }),
  referenceTable({
    table: "item_note_type",
    path: "/item-note-types",
    version: "1.0",
    listName: "itemNoteTypes",
    fields: sourced,
  }),
  referenceTable({
    table: "item_damaged_status",
    path: "/item-damaged-statuses",
    version: "1.0",
    listName: "itemDamageStatuses",
    fields: sourced,
  }),
];
