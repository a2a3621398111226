import type { Migration } from "../migrate.ts";

/** Keys, epochs and sessions of tenants. Dates that the clock of the database gave come as milliseconds, because tokens are
 * made of them. The log holds no private key: those lie in a table of their own, wrapped. */
export const tenantIdentity: Migration = {
  version: 2,
  name: "tenant identity",
  sql: `
create table octavo.signing_key (
  kid text primary key,
  x text not null,
  tenant_id text,
  published_at double precision not null,
  known_to_all_at double precision,
  signing_at double precision,
  superseded_at double precision,
  retired_at double precision,
  revision bigint not null
);
create table octavo.signing_secret (
  kid text primary key references octavo.signing_key on delete cascade,
  wrapped text not null -- by OCTAVO_KEY; erased when the key signs no more
);

-- They outlive the tenant: tokens of a deleted one are not those of the next with its id.
create table octavo.auth_epoch (
  tenant_id text primary key,
  epoch bigint not null,
  serial bigint not null,
  everybody_since bigint not null,
  revision bigint not null
);
create table octavo.user_epoch (
  tenant_id text not null references octavo.auth_epoch,
  user_id text not null,
  epoch bigint not null,
  since bigint not null, -- serial of auth_epoch
  at double precision not null,
  primary key (tenant_id, user_id)
);

create table octavo.session (
  family_id text primary key,
  tenant_id text not null references octavo.tenant on delete cascade,
  user_id text not null,
  generation bigint not null, -- of the one refresh token that may be used
  rotated_at double precision not null,
  created_at double precision not null,
  revoked_at double precision
);
create index session_by_user on octavo.session (tenant_id, user_id) where revoked_at is null;
create index session_by_age on octavo.session (rotated_at);
create index session_revoked on octavo.session (revoked_at) where revoked_at is not null;
`,
};
