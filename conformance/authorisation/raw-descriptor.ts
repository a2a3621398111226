import { readDescriptors } from "@octavo/testing/folio-data";

/** What a module descriptor says that matters for who may call, as it stands in its JSON. */
export interface RawDescriptor {
  readonly id: string;
  readonly provides?: readonly RawInterface[];
  readonly filters?: readonly RawEntry[];
  readonly permissionSets?: readonly RawPermission[];
  readonly metadata?: {
    readonly octavo?: { readonly public?: readonly string[]; readonly pushesIdentity?: boolean };
  };
}

interface RawInterface {
  readonly id: string;
  readonly version?: string;
  readonly interfaceType?: string;
  readonly handlers?: readonly RawEntry[];
}

export interface RawEntry {
  readonly methods?: readonly string[];
  readonly pathPattern?: string;
  readonly phase?: string;
  readonly level?: string;
  readonly type?: string;
  readonly redirectPath?: string;
  readonly permissionsRequired?: readonly string[];
  readonly permissionsDesired?: readonly string[];
  readonly permissionsRequiredTenant?: readonly string[];
  readonly modulePermissions?: readonly string[];
}

interface RawPermission {
  readonly permissionName: string;
  readonly subPermissions?: readonly string[];
}

export function readReleaseA(): readonly RawDescriptor[] {
  return readDescriptors("release-a").map(({ text }) => JSON.parse(text) as RawDescriptor); // published as such
}
