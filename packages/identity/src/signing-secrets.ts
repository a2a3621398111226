import type { Decision } from "@octavo/registry";
import type { WrappedKey } from "@octavo/tokens";

/** A connection within the transaction of a write. */
type Client = Parameters<NonNullable<Decision["alsoWrite"]>>[0];

export async function insertSecret(client: Client, kid: string, wrapped: WrappedKey): Promise<void> {
  await client.query("insert into octavo.signing_secret (kid, wrapped) values ($1, $2)", [kid, wrapped]);
}

/** What it signed still counts; nobody can sign with it any more, not even with a copy of the database of tomorrow. */
export async function eraseSecret(client: Client, kid: string): Promise<void> {
  await client.query("delete from octavo.signing_secret where kid = $1", [kid]);
}
