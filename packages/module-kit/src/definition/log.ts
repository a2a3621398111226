/** Where lines go: a constant message, what differs as fields. Tenant, user, request and module are on each line already. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
