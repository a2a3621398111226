import { crudRoutes, type Route } from "@octavo/module-kit";
import { worded } from "../duplicates.ts";
import { proxies } from "./proxies.ts";

const usual = { path: "/proxiesfor", permissions: "proxiesfor", listName: "proxiesFor" };

export const proxyRoutes: readonly Route[] = worded(crudRoutes(proxies, usual), (field) =>
  field === "id" ? null : "Proxy relationship already exists",
);
