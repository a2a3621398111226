import { sql, type TenantData, type Transaction } from "@octavo/module-kit";
import { shippedAddressTypes } from "./address-types/address-types.ts";
import { shippedGroups } from "./groups/groups.ts";

/** What mod-users ships; what the library has under the same id or name stays. */
export const referenceRecords: TenantData = {
  kind: "reference",
  name: "patron groups and address types",
  load: async (tx: Transaction) => {
    const groups = JSON.stringify(shippedGroups);
    const addressTypes = JSON.stringify(shippedAddressTypes);
    await tx.run(sql`
      insert into groups (id, jsonb) select (row ->> 'id')::uuid, row from jsonb_array_elements(${groups}::jsonb) as row
      on conflict do nothing`);
    await tx.run(sql`
      insert into addresstype (id, jsonb) select (row ->> 'id')::uuid, row
      from jsonb_array_elements(${addressTypes}::jsonb) as row
      on conflict do nothing`);
  },
};
