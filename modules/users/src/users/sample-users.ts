import type { User } from "./user-records.ts";

/** Made-up people, one of each group that mod-users ships. */
export const sampleUsers: readonly User[] = [
  {
    id: "9b0d4c52-7c1e-4a7d-9d3b-5f0c8a1e6b01",
    username: "marit",
    barcode: "2900000000901",
    active: true,
    type: "patron",
    patronGroup: "503a81cd-6c26-400f-b620-14c08943697c",
    personal: {
      lastName: "Solberg",
      firstName: "Marit",
      email: "marit@example.org",
      preferredContactTypeId: "002",
    },
  },
  {
    id: "9b0d4c52-7c1e-4a7d-9d3b-5f0c8a1e6b02",
    username: "tomasz",
    barcode: "2900000000902",
    active: true,
    type: "patron",
    patronGroup: "ad0bc554-d5bc-463c-85d1-5562127ae91b",
    personal: {
      lastName: "Wilk",
      firstName: "Tomasz",
      email: "tomasz@example.org",
      preferredContactTypeId: "002",
    },
  },
  {
    id: "9b0d4c52-7c1e-4a7d-9d3b-5f0c8a1e6b03",
    username: "ngozi",
    barcode: "2900000000903",
    active: true,
    type: "staff",
    patronGroup: "3684a786-6671-4268-8ed0-9db82ebca60b",
    personal: {
      lastName: "Eze",
      firstName: "Ngozi",
      email: "ngozi@example.org",
      preferredContactTypeId: "002",
    },
  },
  {
    id: "9b0d4c52-7c1e-4a7d-9d3b-5f0c8a1e6b04",
    username: "hana",
    barcode: "2900000000904",
    active: true,
    type: "patron",
    patronGroup: "bdc2b6d4-5ceb-4a12-ab46-249b9a68473e",
    personal: {
      lastName: "Nováková",
      firstName: "Hana",
      email: "hana@example.org",
      preferredContactTypeId: "002",
    },
  },
];
