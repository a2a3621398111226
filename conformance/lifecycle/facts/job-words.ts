import type { Fact } from "../fact.ts";
import { enable } from "../modules.ts";

// How facts about jobs are written.

export const later = (id: string): Fact["ask"] => ({ path: "/install?async=true", body: enable(id) });
export const done = (id: string, from?: string) => ({
  id,
  ...(from === undefined ? {} : { from }),
  action: "enable",
  stage: "done",
});
export const failed = (id: string, message: string | RegExp) => ({
  id,
  action: "enable",
  stage: "invoke",
  message,
});
export const pending = (id: string) => ({ id, action: "enable", stage: "pending" });

export const v1 = "InstallTest.installTenantInitVersion1";
export const v2 = (end: string): string => `InstallTest.installTenantInitVersion2${end}`;
