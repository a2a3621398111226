import type { BenchOptions, BenchResult, Figure } from "./bench-result.ts";
import { ByHand } from "./contest/by-hand.ts";
import { contestFigures } from "./contest/contest.ts";
import { expansionFigures } from "./users/permission-expansion.ts";
import { signInFigures } from "./users/sign-ins.ts";
import { fillUsers, userSearches } from "./users/user-searches.ts";
import { withPostgres } from "./with-postgres.ts";

/** People: finding them as the users app does it and expanding their permissions, beside SQL written by hand in the same transaction with
 * the same role, path and indexes; signing in, beside its hash alone. OCTAVO_BENCH_ROWS says how many users there are. */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  const rows = Number(process.env["OCTAVO_BENCH_ROWS"] ?? (isFull ? 500_000 : 50_000));
  return withPostgres(40, async (adminUrl) => ({
    name: "users",
    figures: [
      ...(await searchFigures(adminUrl, rows, isFull)),
      ...(await expansionFigures(adminUrl, isFull)),
      ...(await signInFigures(adminUrl, isFull)),
    ],
  }));
}

async function searchFigures(adminUrl: string, rows: number, isFull: boolean): Promise<readonly Figure[]> {
  const startedAt = performance.now();
  const filled = await fillUsers(adminUrl, rows);
  const fillS = (performance.now() - startedAt) / 1000;
  const byHand = await ByHand.open(filled);
  try {
    return [
      { name: "users", value: rows, unit: "rows" },
      { name: "made, with their indexes, in", value: fillS, unit: "s" },
      ...(await contestFigures(userSearches(filled, byHand, rows), isFull)),
    ];
  } finally {
    await byHand.close();
    await filled.databases.close();
  }
}
