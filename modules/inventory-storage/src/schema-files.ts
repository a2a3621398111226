import type { InterfaceDefinition, TSchema } from "@octavo/module-kit";

/** How mod-inventory-storage 27.1.5 names the files of a record's schema and of a list's, and where such records are. */
const files: readonly (readonly [path: string, one: string, list: string])[] = [
  ["/alternative-title-types", "alternativetitletype", "alternativetitletypes"],
  ["/inventory-storage/bound-with-parts", "bound-with-part", "bound-with-parts"],
  ["/call-number-types", "callnumbertype", "callnumbertypes"],
  ["/classification-types", "classificationtype", "classificationtypes"],
  ["/contributor-name-types", "contributornametype", "contributornametypes"],
  ["/contributor-types", "contributortype", "contributortypes"],
  ["/item-storage-dereferenced/items", "dereferenceditem", "dereferenceditems"],
  ["/electronic-access-relationships", "electronicaccessrelationship", "electronicaccessrelationships"],
  ["/identifier-types", "identifiertype", "identifiertypes"],
  ["/ill-policies", "illpolicy", "illpolicies"],
  ["/instance-storage/instances", "instance", "instances"],
  ["/instance-formats", "instanceformat", "instanceformats"],
  ["/instance-note-types", "instancenotetype", "instancenotetypes"],
  ["/preceding-succeeding-titles", "instanceprecedingsucceedingtitle", "instanceprecedingsucceedingtitles"],
  ["/instance-storage/instance-relationships", "instancerelationship", "instancerelationships"],
  ["/instance-relationship-types", "instancerelationshiptype", "instancerelationshiptypes"],
  ["/instance-statuses", "instancestatus", "instancestatuses"],
  ["/instance-types", "instancetype", "instancetypes"],
  ["/modes-of-issuance", "modeofissuance", "issuancemodes"],
  ["/item-storage/items", "item", "items"],
  ["/item-damaged-statuses", "itemdamagedstatus", "itemdamagedstatuses"],
  ["/item-note-types", "itemnotetype", "itemnotetypes"],
  ["/loan-types", "loantype", "loantypes"],
  ["/locations", "location", "locations"],
  ["/location-units/campuses", "loccamp", "loccamps"],
  ["/location-units/institutions", "locinst", "locinsts"],
  ["/location-units/libraries", "loclib", "loclibs"],
  ["/material-types", "materialtype", "materialtypes"],
  ["/nature-of-content-terms", "natureofcontentterm", "natureofcontentterms"],
  ["/service-points", "servicepoint", "servicepoints"],
  ["/service-points-users", "servicepointsuser", "servicepointsusers"],
  ["/shelf-locations", "shelflocation", "shelflocations"],
  ["/statistical-codes", "statisticalcode", "statisticalcodes"],
  ["/statistical-code-types", "statisticalcodetype", "statisticalcodetypes"],
];

/** The schemas of this module's records by those names.
 * @throws Error where a path has no such routes any longer */
export function schemaFiles(interfaces: readonly InterfaceDefinition[]): Readonly<Record<string, TSchema>> {
  const routes = interfaces.flatMap((each) => each.routes);
  const given = (path: string): TSchema => {
    const schema = routes.find((each) => each.method === "GET" && each.path === path)?.answers[200];
    if (schema === undefined || schema === null || "contentTypes" in schema)
      throw new Error(`GET ${path} gives no JSON`);
    return schema;
  };
  return Object.fromEntries(
    files.flatMap(([path, one, list]) => [
      [`${one}.json`, given(`${path}/{id}`)],
      [`${list}.json`, given(path)],
    ]),
  );
}
