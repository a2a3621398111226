/** A permission or a set of them, as the descriptor's `permissionSets` has it. Those that routes require and nobody describes are added
 * with a name made of their own. */
export interface PermissionDefinition {
  readonly permissionName: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly subPermissions?: readonly string[];
  readonly visible?: boolean;
  /** Names that it had in earlier versions. */
  readonly replaces?: readonly string[];
}
