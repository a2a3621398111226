import {
  type Document,
  type DocumentCollection,
  Duplicate,
  type TenantData,
  type Transaction,
} from "@octavo/module-kit";
import { addressTypes, shippedAddressTypes } from "./address-types/address-types.ts";
import { groups, shippedGroups } from "./groups/groups.ts";
import { sampleUsers } from "./users/sample-users.ts";
import { userRecords } from "./users/user-records.ts";

/** What mod-users ships (`loadReference=true`); what the library has under the same id or name stays. */
export const referenceRecords: TenantData = {
  kind: "reference",
  name: "patron groups and address types",
  load: async (tx) => {
    await addMissing(tx, groups, shippedGroups);
    await addMissing(tx, addressTypes, shippedAddressTypes);
  },
};

/** `loadSample=true`: some people to try with. */
export const sampleRecords: TenantData = {
  kind: "sample",
  name: "users",
  load: async (tx) => {
    await addMissing(tx, groups, shippedGroups);
    await addMissing(tx, userRecords, sampleUsers);
  },
};

async function addMissing<T extends Document>(
  tx: Transaction,
  collection: DocumentCollection<T>,
  documents: readonly (T & { readonly id: string })[],
): Promise<void> {
  for (const document of documents) {
    if ((await collection.find(tx, document.id)) !== null) continue;
    await tx
      .attempt(() => collection.create(tx, document, { userId: null }))
      .catch((cause: unknown) => {
        if (!(cause instanceof Duplicate)) throw cause;
      });
  }
}
