import { shelfKey } from "../call-numbers/shelf-key.ts";

/** The fields of a holdings record from which its items inherit. */
export interface HoldingsSource {
  readonly callNumber?: string | undefined;
  readonly callNumberPrefix?: string | undefined;
  readonly callNumberSuffix?: string | undefined;
  readonly callNumberTypeId?: string | undefined;
  readonly permanentLocationId?: string | undefined;
  readonly temporaryLocationId?: string | undefined;
}

/** The fields of an item that say where it stands, if they are filled. */
export interface ItemSource {
  readonly itemLevelCallNumber?: string | undefined;
  readonly itemLevelCallNumberPrefix?: string | undefined;
  readonly itemLevelCallNumberSuffix?: string | undefined;
  readonly itemLevelCallNumberTypeId?: string | undefined;
  readonly volume?: string | undefined;
  readonly enumeration?: string | undefined;
  readonly chronology?: string | undefined;
  readonly copyNumber?: string | undefined;
  readonly permanentLocationId?: string | undefined;
  readonly temporaryLocationId?: string | undefined;
}

/** What is worked out of both, whenever one of them is written. A field without a value is not there. */
export interface EffectiveFields {
  readonly effectiveCallNumberComponents: {
    readonly callNumber?: string;
    readonly prefix?: string;
    readonly suffix?: string;
    readonly typeId?: string;
  };
  readonly effectiveShelvingOrder?: string;
  readonly effectiveLocationId?: string;
}

/** Where an item really stands, and under which call number: the item's own values win, else those of its holdings record; a temporary
 * location wins over a permanent one. Source: mod-inventory-storage 27.1.5. */
export function effectiveFields(item: ItemSource, holdings: HoldingsSource): EffectiveFields {
  const callNumber = filled(item.itemLevelCallNumber) ?? filled(holdings.callNumber);
  const prefix = filled(item.itemLevelCallNumberPrefix) ?? filled(holdings.callNumberPrefix);
  const suffix = filled(item.itemLevelCallNumberSuffix) ?? filled(holdings.callNumberSuffix);
  const typeId = filled(item.itemLevelCallNumberTypeId) ?? filled(holdings.callNumberTypeId);
  const effectiveLocationId = holdingsLocation(item) ?? holdingsLocation(holdings);
  return {
    effectiveCallNumberComponents: {
      ...(callNumber !== undefined && { callNumber }),
      ...(prefix !== undefined && { prefix }),
      ...(suffix !== undefined && { suffix }),
      ...(typeId !== undefined && { typeId }),
    },
    ...(callNumber !== undefined && {
      effectiveShelvingOrder: shelvingOrder(item, callNumber, suffix, typeId),
    }),
    ...(effectiveLocationId !== undefined && { effectiveLocationId }),
  };
}

/** The location of a holdings record: the temporary one, where there is one. */
export function holdingsLocation({
  temporaryLocationId,
  permanentLocationId,
}: HoldingsSource): string | undefined {
  return temporaryLocationId ?? permanentLocationId;
}

function shelvingOrder(
  { volume, enumeration, chronology, copyNumber }: ItemSource,
  callNumber: string,
  suffix: string | undefined,
  typeId: string | undefined,
): string {
  const parts = [callNumber, volume, enumeration, chronology, copyNumber].map((part) => part?.trim() ?? "");
  const key = shelfKey(typeId, parts.filter((part) => part !== "").join(" "));
  return suffix === undefined ? key : `${key} ${suffix.trim()}`;
}

function filled(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text;
}
