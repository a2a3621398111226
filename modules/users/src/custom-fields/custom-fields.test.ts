import { moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { users } from "../index.ts";

let running: ModuleOfTenant;
beforeAll(async () => {
  running = await moduleOfTenant(users);
});
afterAll(() => running.close());
beforeEach(async () => {
  await ask("DELETE /users?query=cql.allRecords=1");
  await ask("PUT /custom-fields", { customFields: [], entityType: "user" });
});

const ask = (request: string, body?: unknown) => running.ask(request, body);
const nobody = "00000000-0000-4000-8000-000000000000";
const box = (name: string) => ({ name, type: "TEXTBOX_SHORT", entityType: "user" });
const choice = (
  name: string,
  type: "MULTI_SELECT_DROPDOWN" | "RADIO_BUTTON",
  options: readonly object[],
) => ({
  name,
  type,
  entityType: "user",
  selectField: { multiSelect: type === "MULTI_SELECT_DROPDOWN", options: { values: options } },
});

interface Field {
  readonly id: string;
  readonly refId: string;
  readonly name: string;
  readonly order: number;
}
const added = async (field: object): Promise<Field> => {
  const answer = await ask("POST /custom-fields", field);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body as Field;
};
const listed = async (query = ""): Promise<readonly Field[]> =>
  (
    (await ask(`GET /custom-fields?limit=100${query === "" ? "" : `&query=${encodeURIComponent(query)}`}`))
      .body as { readonly customFields: readonly Field[] }
  ).customFields;
const userWith = async (customFields: object): Promise<string> => {
  const answer = await ask("POST /users", { customFields });
  expect(answer).toMatchObject({ status: 201 });
  return (answer.body as { readonly id: string }).id;
};
const valuesOf = async (id: string) =>
  ((await ask(`GET /users/${id}`)).body as { readonly customFields: object }).customFields;
const countOf = async (path: string) =>
  ((await ask(`GET /custom-fields/${path}`)).body as { readonly count: number }).count;

it("a field is added as the last, with a name for users, and found", async () => {
  const hobbies = await added(box("Hobbies"));
  expect(hobbies).toMatchObject({
    refId: "hobbies",
    order: 1,
    visible: true,
    required: false,
    isRepeatable: false,
    textField: { fieldFormat: "TEXT" },
    metadata: { createdDate: expect.any(String) as string },
  });
  expect(await added(box("Hobbies"))).toMatchObject({ refId: "hobbies_2", order: 2 });
  expect((await ask(`GET /custom-fields/${hobbies.id}`)).body).toEqual(hobbies);
  expect((await listed("name==hobbies sortby name")).map(({ order }) => order)).toEqual([1, 2]);
  expect((await listed('name="hobb*" and type==TEXTBOX_SHORT')).length).toBe(2);
  expect((await ask("GET /custom-fields?query=name==")).status).toBe(400);
  const answers = await Promise.all([
    ask(`GET /custom-fields/${nobody}`),
    ask(`PUT /custom-fields/${nobody}`, box("x")),
    ask(`DELETE /custom-fields/${nobody}`),
    ask(`GET /custom-fields/${nobody}/stats`),
    ask("POST /custom-fields", { ...box("x"), type: "TEXTBOX" }),
    ask("POST /custom-fields", { ...box("x"), helpText: "x".repeat(101) }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 422, 422]);
});

it("ten who are added at once have ten names and places", async () => {
  await Promise.all(Array.from({ length: 10 }, () => added(box("Same"))));
  const fields = await listed();
  expect(fields.map(({ order }) => order)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(new Set(fields.map(({ refId }) => refId)).size).toBe(10);
});

it("users have values of fields that are there and fit, and are found by them", async () => {
  await added(box("Hobbies"));
  const id = await userWith({ hobbies: "cross-stitch" });
  expect(await valuesOf(id)).toEqual({ hobbies: "cross-stitch" });
  const long = await ask("POST /users", { customFields: { hobbies: "x".repeat(151), other: "y" } });
  expect(long).toMatchObject({
    status: 422,
    body: {
      errors: [
        { message: "Maximum length of the value is 150", parameters: [{ key: "hobbies" }] },
        { message: "Custom field with refId other is not found", parameters: [{ key: "customFields" }] },
      ],
    },
  });
  for (const query of ['keywords="stitch"', 'customFields="cross-stitch"'])
    expect((await ask(`GET /users?query=${query}`)).body).toMatchObject({ users: [{ id }], totalRecords: 1 });
});

it("a field that changes keeps its name in users, its type and its format", async () => {
  const { id } = await added(box("Department"));
  const put = (field: object) => ask(`PUT /custom-fields/${id}`, field);
  expect((await put({ ...box("Department updated"), visible: false, order: 9, refId: "x" })).status).toBe(
    204,
  );
  expect((await ask(`GET /custom-fields/${id}`)).body).toMatchObject({
    name: "Department updated",
    refId: "department",
    visible: false,
    order: 1,
  });
  expect(await put({ ...box("Department"), type: "TEXTBOX_LONG" })).toMatchObject({
    status: 422,
    body: {
      errors: [
        {
          message:
            "The type of the custom field can not be changed: newType = TEXTBOX_LONG, oldType = TEXTBOX_SHORT",
          parameters: [{ key: "type" }],
        },
      ],
    },
  });
  expect(await put({ ...box("Department"), textField: { fieldFormat: "URL" } })).toMatchObject({
    status: 422,
    body: {
      errors: [
        { message: "The format of the custom field can not be changed: newFormat = URL, oldFormat = TEXT" },
      ],
    },
  });
});

it("what is deleted is deleted from users, and the others close ranks", async () => {
  const [first, second] = [await added(box("First")), await added(box("Second"))];
  const id = await userWith({ first: "a", second: "b" });
  expect(await countOf(`${first.id}/stats`)).toBe(1);
  expect((await ask(`DELETE /custom-fields/${first.id}`)).status).toBe(204);
  expect(await valuesOf(id)).toEqual({ second: "b" });
  expect(await listed()).toMatchObject([{ id: second.id, order: 1 }]);
  expect((await ask(`DELETE /custom-fields/${first.id}`)).status).toBe(404);
});

it("an option that goes is taken from users, who get the default where nothing is left", async () => {
  const options = ["a", "b", "c"].map((value) => ({ value, default: value === "c" }));
  const field = await added(choice("Colours", "MULTI_SELECT_DROPDOWN", options));
  expect(field).toMatchObject({
    selectField: { options: { values: [{ id: "opt_1" }, { id: "opt_2" }, { id: "opt_3" }] } },
  });
  const [one, two, other] = [
    await userWith({ colours: "opt_1" }),
    await userWith({ colours: ["opt_1", "opt_2"] }),
    await userWith({ colours: ["opt_2", "opt_3"] }),
  ];
  expect(await countOf(`${field.id}/options/opt_1/stats`)).toBe(2);
  expect(await countOf(`${field.id}/stats`)).toBe(3);
  const [, ...left] = options.map((option, at) => ({ ...option, id: `opt_${at + 1}` }));
  const kept = choice("Colours", "MULTI_SELECT_DROPDOWN", [...left, { value: "d" }]);
  expect((await ask(`PUT /custom-fields/${field.id}`, kept)).status).toBe(204);
  expect([await valuesOf(one), await valuesOf(two), await valuesOf(other)]).toEqual([
    { colours: "opt_3" },
    { colours: "opt_2" },
    { colours: ["opt_2", "opt_3"] },
  ]);
  expect((await ask(`GET /custom-fields/${field.id}`)).body).toMatchObject({
    selectField: { options: { values: [{ id: "opt_2" }, { id: "opt_3" }, { id: "opt_4", value: "d" }] } },
  });
  const { id: text } = await added(box("Text"));
  const statuses = [
    (await ask(`GET /custom-fields/${field.id}/options/opt_1/stats`)).status,
    (await ask(`GET /custom-fields/${text}/options/opt_1/stats`)).status,
  ];
  expect(statuses).toEqual([422, 422]);
});

it("all are replaced at once, or none is", async () => {
  const [first, second] = [await added(box("First")), await added(box("Second"))];
  const elsewhere = await added({ ...box("Elsewhere"), entityType: "package" });
  const id = await userWith({ first: "a", second: "b" });
  const put = (customFields: readonly object[], entityType = "user") =>
    ask("PUT /custom-fields", { customFields, entityType });
  const refused = [
    await put([second, { ...box("Long"), name: "x".repeat(66) }]),
    await put([second, { ...box("Other"), entityType: "package" }]),
    await put([second], "package"),
  ];
  expect(refused.map(({ status }) => status)).toEqual([422, 422, 422]);
  expect(await valuesOf(id)).toEqual({ first: "a", second: "b" });
  expect((await put([box("Third"), second])).status).toBe(204);
  expect((await listed("entityType==user")).map(({ name, order }) => `${name} ${order}`)).toEqual([
    "Third 1",
    "Second 2",
  ]);
  expect(await valuesOf(id)).toEqual({ second: "b" });
  expect((await ask(`GET /custom-fields/${first.id}`)).status).toBe(404);
  expect((await ask(`DELETE /custom-fields/${elsewhere.id}`)).status).toBe(204);
});
