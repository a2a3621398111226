import { Client } from "pg";

export type Connection = Client;

/** One connection, for tests that look at sessions or plans; `end()` closes it. */
export async function connect(url: string): Promise<Connection> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}
