export { tenantApi, type TenantApiInput } from "./tenant-part.ts";
export type { TenantData } from "./tenant-data.ts";
