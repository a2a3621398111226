import { Client } from "pg";

export type Connection = Client;

/** A connection of its own, for tests in which it matters who has which; `end()` closes it. */
export async function openConnection(url: string): Promise<Connection> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}
