import type { Route, Search } from "@octavo/module-kit";
import { byGroupOf, searchByGroup } from "./by-group.ts";

/** The kit's list, and the one order that it does not know.
 * @param list of crudRoutes, with `resultInfo` */
export function sortedByGroupToo(list: Route): Route {
  return {
    ...list,
    handle: async (call) => {
      const wanted = call.query as Partial<Search> & Omit<Search, "query">; // as: the list's own schema
      const byGroup = byGroupOf(wanted.query ?? "");
      if (byGroup === null) return list.handle(call);
      const found = await call.db.read((tx) => searchByGroup(tx, byGroup, { ...wanted, query: null }));
      const totalRecords = found.total?.count;
      const counted = totalRecords === undefined ? {} : { totalRecords };
      return {
        status: 200,
        body: {
          users: found.documents,
          ...counted,
          resultInfo: { ...counted, facets: [], diagnostics: [] },
        },
      };
    },
  };
}
