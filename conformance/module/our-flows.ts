import { type Flow, flow } from "@octavo/module-testing";

/** What users of our modules do, one request after the other, refusals among them. */

interface Made {
  readonly id: string;
}

const MEMBER = "5f1c0d3e-5b1a-4000-8000-00000000000b";

const label = flow("a tag is made, made again, renamed, found and deleted", async ({ call }) => {
  const { body: tag } = await call<Made>("POST", "/tags", { body: { label: "fragile" } });
  await call("POST", "/tags", { body: { label: "fragile" } }); // refused: it is there
  await call("PUT", `/tags/${tag.id}`, { body: { ...tag, label: "brittle" } });
  await call("GET", "/tags?query=label==brittle");
  await call("DELETE", `/tags/${tag.id}`);
  await call("GET", "/tags?query=cql.allRecords=1 sortby label");
});

// As docs/guide/testing.md has it.
const seat = flow("a seat is taken", async ({ call }) => {
  const { body: room } = await call<Made>("POST", "/reading-rooms", { body: { name: "Maps", seats: 2 } });
  await call("POST", `/reading-rooms/${room.id}/seats`);
  await call("GET", `/reading-rooms/${room.id}`);
});

const reader = flow("a reader gets a group, a new name, a proxy, and is gone", async ({ call }) => {
  const { body: group } = await call<Made>("POST", "/groups", { body: { group: "readers" } });
  const ann = { username: "ann", active: true, patronGroup: group.id, personal: { lastName: "Ash" } };
  const { body: made } = await call<Made>("POST", "/users", { body: ann });
  await call("POST", "/users", { body: { username: "ANN" } }); // refused: the name is taken
  await call("DELETE", `/groups/${group.id}`); // refused: she is in it
  const renamed = { ...made, ...ann, personal: { lastName: "Birch" } };
  await call("PUT", `/users/${made.id}`, { body: renamed });
  const { body: bob } = await call<Made>("POST", "/users", { body: { username: "bob", active: false } });
  await call("POST", "/proxiesfor", { body: { userId: made.id, proxyUserId: bob.id } });
  await call("GET", "/users?query=active==true and patronGroup.group==readers sortby personal.lastName");
  await call("GET", "/users?query=keywords=bir*");
  await call("DELETE", `/users/${made.id}`);
  await call("GET", `/users/${made.id}`);
  await call("GET", "/users?query=username==(ann or bob)");
});

const member = flow("a set of permissions grows, and a user has what is in it", async ({ call }) => {
  const set = { permissionName: "desk", displayName: "Desk", mutable: true, subPermissions: [] };
  const leaf = { permissionName: "desk.lend", displayName: "Lend", mutable: true };
  await call("POST", "/perms/permissions", { body: leaf });
  const { body: made } = await call<Made>("POST", "/perms/permissions", { body: set });
  await call("POST", "/perms/permissions", { body: set }); // refused: it is there
  await call("POST", "/users", { body: { id: MEMBER, username: "cleo", active: true } });
  const { body: user } = await call<Made>("POST", "/perms/users", {
    body: { userId: MEMBER, permissions: ["desk"] },
  });
  await call("PUT", `/perms/permissions/${made.id}`, {
    body: { ...made, ...set, subPermissions: ["desk.lend"] },
  });
  await call("GET", `/perms/users/${MEMBER}/permissions?indexField=userId&expanded=true`);
  await call("POST", `/perms/users/${user.id}/permissions`, { body: { permissionName: "desk.lend" } });
  await call("DELETE", `/perms/users/${user.id}/permissions/desk.lend`);
  await call("GET", "/perms/permissions?query=permissionName==desk* sortby permissionName&expandSubs=true");
  await call("DELETE", `/perms/users/${user.id}`);
  await call("GET", `/perms/users/${user.id}`);
});

const whole = flow("a user is read with its group, its proxies and its permissions", async ({ call }) => {
  const { body: group } = await call<Made>("POST", "/groups", { body: { group: "staff" } });
  await call("POST", "/users", {
    body: {
      id: MEMBER,
      username: "dora",
      active: true,
      patronGroup: group.id,
      personal: { lastName: "Day" },
    },
  });
  const leaf = { permissionName: "desk.lend", displayName: "Lend", mutable: true };
  await call("POST", "/perms/permissions", { body: leaf });
  await call("POST", "/perms/users", { body: { userId: MEMBER, permissions: ["desk.lend"] } });
  const { body: eve } = await call<Made>("POST", "/users", { body: { username: "eve", active: true } });
  await call("POST", "/proxiesfor", { body: { userId: MEMBER, proxyUserId: eve.id } });
  const all = "include=groups&include=perms&include=proxiesfor";
  await call("GET", `/bl-users/by-id/${MEMBER}?${all}`);
  await call("GET", `/bl-users/by-username/dora?include=perms&expandPermissions=true`);
  await call("GET", `/bl-users?query=username==(dora or eve) sortby username&${all}`);
  await call("GET", `/bl-users/_self?${all}`, { userId: MEMBER });
  await call("DELETE", `/users/${MEMBER}`);
  await call("GET", `/bl-users/by-id/${MEMBER}?${all}`);
});

const entry = flow("an entry of the configuration is changed, and is there once", async ({ call }) => {
  const opening = { module: "DESK", configName: "hours", value: "9-17" };
  const { body: made } = await call<Made>("POST", "/configurations/entries", { body: opening });
  await call("POST", "/configurations/entries", { body: opening }); // refused: it is there
  await call("PUT", `/configurations/entries/${made.id}`, { body: { ...made, ...opening, value: "8-16" } });
  await call("GET", "/configurations/entries?query=module==DESK");
  await call("DELETE", `/configurations/entries/${made.id}`);
  await call("GET", `/configurations/entries/${made.id}`);
});

const setting = flow("a setting of a scope is changed and found", async ({ call }) => {
  const id = "5f1c0d3e-5b1a-4000-8000-00000000000c";
  const theme = { id, scope: "desk", key: "theme", value: { colour: "green" } };
  await call("POST", "/settings/entries", { body: theme });
  await call("POST", "/settings/entries", { body: theme }); // refused
  await call("PUT", `/settings/entries/${id}`, { body: { ...theme, value: { colour: "blue" } } });
  await call("GET", "/settings/entries?query=scope==desk");
  await call("DELETE", `/settings/entries/${id}`);
});

const note = flow("a note is written about somebody, found by him, and taken away", async ({ call }) => {
  const { body: type } = await call<Made>("POST", "/note-types", { body: { name: "At the desk" } });
  const text = { typeId: type.id, title: "Card found", domain: "users", content: "<p>In the drawer</p>" };
  const links = [{ id: MEMBER, type: "user" }];
  const { body: made } = await call<Made>("POST", "/notes", { body: { ...text, links } });
  await call("DELETE", `/note-types/${type.id}`); // refused: a note has it
  await call("PUT", `/notes/${made.id}`, { body: { ...text, id: made.id, links, title: "Card returned" } });
  await call("GET", `/note-links/domain/users/type/user/id/${MEMBER}`);
  await call("DELETE", `/notes/${made.id}`);
  await call("GET", "/notes?query=domain==users");
});

export const flowsOfPeople: readonly Flow[] = [reader, member, whole];
export const otherFlows: readonly Flow[] = [label, seat, entry, setting, note];
