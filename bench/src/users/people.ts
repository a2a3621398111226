import { oneOf, type Random, randomOf, uuidOf } from "../contest/drawn.ts";

/** Users as a university has them: few common names and many rare ones, five groups of which one is most of them. */
const SEED = "people of 2026";

const FIRST = words(
  `Anna Maria Sofia Emma Julia Laura Lena Nora Clara Ida Marta Elena Irene Alice Eva Greta Ines Paula Rosa Vera Amina Leila Fatima Yuki Mei
  Jan Paul Peter Lukas Jonas Max Felix David Daniel Simon Thomas Martin Karl Otto Hugo Emil Oskar Anton Leo Noah Ali Omar Ravi Wei Kenji
  Zoë José André François Jürgen Søren Łukasz Đorđe İbrahim Björn`,
);
const STEMS = words(
  `Ander Berg Carl Dal Eng Fisch Grün Hart Holm Jans Kling Kov Lind Mar Mend Mül Nov Ols Petr Rich Rod Sand Schmi Schnei Stein Sved Tan
  Thom Vall Wag Wein Wil Zimmer Öst Nak Yama Oko Abd Chau Guz`,
);
const ENDINGS = words(
  `son sen mann er berg ner feld stein ski ova ov ić ez es ini etti aux eau ard le ler dt bach hoff lund gren strom quist ström wood ford
  man ton ley da uchi moto ra ji`,
);
const DOMAINS = words("uni.example library.example mail.example post.example");
const STREETS = words("Hauptstraße Ringweg Parkallee Lindenweg Hafenstraße");

const GROUPS = words("undergrad graduate faculty staff alumni");
export const groupId = (n: number): string => uuidOf("patron group", n);
export const peopleGroups = GROUPS.map((group, n) => ({ id: groupId(n), group }));
const addressTypeId = uuidOf("address type", 0);

export function person(n: number) {
  const random = randomOf(SEED, n);
  const firstName = common(FIRST, random);
  const lastName = `${common(STEMS, random)}${common(ENDINGS, random)}`;
  const username = `${firstName}.${lastName}${n}`.toLowerCase();
  const since = `20${String(10 + Math.floor(random() * 16))}-09-01T00:00:00.000+00:00`;
  const address = {
    countryId: "DE",
    city: "Berlin",
    postalCode: String(10_000 + Math.floor(random() * 4000)),
    addressLine1: `${oneOf(STREETS, random)} ${1 + Math.floor(random() * 200)}`,
    addressTypeId,
    primaryAddress: true,
  };
  const personal = {
    firstName,
    lastName,
    ...(random() < 0.2 && { middleName: common(FIRST, random) }),
    email: `${username}@${oneOf(DOMAINS, random)}`,
    phone: `+49 30 ${Math.floor(random() * 1e7)}`,
    addresses: [address],
    preferredContactTypeId: "002",
  };
  return {
    id: uuidOf(SEED, n),
    username,
    barcode: `2${String(1_000_003 * (n + 1)).padStart(13, "0")}`,
    externalSystemId: `uni-${String(n).padStart(7, "0")}`,
    active: random() < 0.85,
    type: "patron",
    patronGroup: groupId(Math.floor(GROUPS.length * random() ** 2)),
    departments: [],
    proxyFor: [],
    personal,
    enrollmentDate: since,
    expirationDate: "2027-09-30T00:00:00.000+00:00",
    createdDate: since,
    updatedDate: since,
    metadata: { createdDate: since, updatedDate: since },
  };
}

/** The first of a list are the most common. */
function common(all: readonly [string, ...string[]], random: Random): string {
  return all[Math.floor(all.length * random() ** 2)] ?? all[0];
}

function words(text: string): readonly [string, ...string[]] {
  const [first = "", ...others] = text.split(/\s+/u);
  return [first, ...others];
}
