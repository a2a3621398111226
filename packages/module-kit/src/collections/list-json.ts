import type { TextSearch } from "./search.ts";

export interface ListShape {
  /** The property that holds the documents: "tags". */
  readonly listName: string;
  /** Also `resultInfo` with what RMB's streamed lists have there; "alone": and no `totalRecords` beside it. */
  readonly hasResultInfo: boolean | "alone";
}

/** Characters that are sent together. */
const PIECE = 64 * 1024;

/** Prints a list as RMB's modules answer it: `{ "tags": [...], "totalRecords": 2, "resultInfo": {...} }`, in this order, since the number
 * is known last. No more of it is held than one piece and one batch of rows. */
export async function* listJson(
  { listName, hasResultInfo }: ListShape,
  found: TextSearch,
): AsyncGenerator<string> {
  let piece = `{${JSON.stringify(listName)}:[`;
  let returned = 0;
  for await (const document of found.documents) {
    piece += returned === 0 ? document : `,${document}`;
    returned += 1;
    if (piece.length >= PIECE) {
      yield piece;
      piece = "";
    }
  }
  const total = await found.total(returned);
  const count = total === null || hasResultInfo === "alone" ? "" : `,"totalRecords":${total.count}`;
  const info = {
    ...(total !== null && { totalRecords: total.count }),
    ...(total?.isEstimated === true && { totalRecordsEstimated: true }),
    facets: [],
    diagnostics: [],
  };
  yield `${piece}]${count}${hasResultInfo !== false ? `,"resultInfo":${JSON.stringify(info)}` : ""}}`;
}
