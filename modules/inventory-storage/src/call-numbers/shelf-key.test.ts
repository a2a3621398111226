import { expect, it } from "vitest";
import { CALL_NUMBER_TYPES, shelfKey } from "./shelf-key.ts";

const {
  dewey,
  libraryOfCongress: lc,
  libraryOfMedicine: nlm,
  superintendentOfDocuments: sudoc,
} = CALL_NUMBER_TYPES;

// Facts of mod-inventory-storage 27.1.5. Besides these, 59,715 random call numbers had the same key in marc4j.
const keys: readonly (readonly [type: string | undefined, callNumber: string, key: string])[] = [
  [lc, "PN2 .A6", "PN 12 A6"],
  [lc, "PN2 .A6 v. 3 no. 2 1999", "PN 12 A6 V 13 NO 12 41999"],
  [lc, "PN2 .A69 no. 2 1922 1", "PN 12 A69 NO 12 41922 11"],
  [lc, "PR9199.3 1920 .L33 1475 .A6", "PR 49199.3 41920 L33 41475 A6"],
  [lc, "PQ2678.K26 P54", "PQ 42678 K26 P54"],
  [lc, "PQ8550.21.R57 V5 1992", "PQ 48550.21 R57 V5 41992"],
  [lc, "PR919 .L33 1990", "PR 3919 L33 41990"],
  [lc, "PR9199.48 .B3", "PR 49199.48 B3"],
  [lc, "7307.I5 S5", "47307 I5 S5"],
  [lc, "RR 718", "RR 3718"],
  [lc, "BF199.", "BF 3199"],
  [lc, "TK5105.88815 . A58 2004 FT MEADE", "TK 45105.88815 A58 42004 FT MEADE"],
  [lc, "K1 .M44 v.70:no.7-12 1984:July-Dec.", "K 11 M44 V 270 NO 17 212 41984 JULY DEC"],
  [dewey, "341.7", "3341.7"],
  [dewey, "341.7/58 / 21", "3341.7 258 221"],
  [dewey, "394.1 O41b", "3394.1 O41 B"],
  [dewey, "621.56 W91m v.3 no. 2 1999", "3621.56 W91 M V 13 NO 12 41999"],
  [dewey, "21 E23", "221 E23"],
  [dewey, "00001", "11"],
  [dewey, "325-d A-1908 (Freetown) Map", "3325 D A 41908 FREETOWN MAP"],
  [dewey, "5001 Microfilm", "45001 MICROFILM"],
  [dewey, "9A2 C0444218 Music CD", "19 A2 C 6444218 MUSIC CD"],
  [dewey, "N7307.I5 S5", "N 47307.I 15 S 15"],
  [nlm, "QS 11 .GA1 E53 2005 2005", "QS 211 G A1 E53 42005 42005"],
  [nlm, "WB 102.5 B62 2018 2018", "WB 3102.5 B62 42018 42018"],
  [nlm, "N7307.I5 S5", "N 47307 I5 S5"],
  [sudoc, "T22.19/2:V88/989/student/spanish", "T 222 219 12  !V 288 !3989  !STUDENT  !SPANISH"],
  [sudoc, "7307.I5 S5", "!47307  !I 15  !S 15"],
  [sudoc, "D 3.186", "D 13 !3186"],
  [sudoc, "D 3.186/7-3", "D 13 !3186 17 13"],
  [sudoc, "Y3.M58/2", "Y 13  !M 258 12"],
  [sudoc, "Y3.M58/summ", "Y 13  !M 258  !SUMM"],
  [sudoc, "C 55.309/2-10", "C 255 !3309 12 210"],
  [sudoc, "EP 1.23:91-44", "EP 11 223 291 244"],
  [sudoc, "EP 1.23:A 62 A 1.35", "EP 11 223  !A 262  !A 11 235"],
  [sudoc, "T22.19:M54/990", "T 222 219  !M 254 !3990"],
  [sudoc, "T22.19/2:V88/test/989", "T 222 219 12  !V 288  !TEST !3989"],
  [undefined, " free-text ", "free-text"],
  ["6caca63e-5651-4db6-9247-3205156e9699", "GROUP Smith", "GROUP Smith"],
];

it.each(keys)("of type %s: %s is sorted as %s", (type, callNumber, key) => {
  expect(shelfKey(type, callNumber)).toBe(key);
});

it.each([
  [lc, ["K1 .M44", "PN2 .A6", "PN2 .A69", "PN12 .A6", "PR919 .L33 1990", "PR9199 .A39", "PR9199.48 .B3"]],
  [dewey, ["9 A1", "21 E23", "341.7", "341.7 B2", "394.1 O41", "394.1 O41b", "5001"]],
  [
    sudoc,
    [
      "J29.2:D84/982",
      "J29.2:D84/2",
      "L36.202:F15/990",
      "L36.202:F15/991",
      "L36.202:F15/2",
      "L37.s:Oc1/2/991",
    ],
  ],
  [sudoc, ["T22.19:M54", "T22.19:M54/990", "T22.19/2:P94", "T22.19/2:P94/2", "Y4.F76/2:Af8/12"]],
])("of type %s stand on the shelf as %j", (type, shelf) => {
  const sorted = shelf.toReversed().toSorted((a, b) => compare(shelfKey(type, a), shelfKey(type, b)));
  expect(sorted).toEqual(shelf);
});

/** By code points: what sorts the keys is a database with the collation "C". */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
