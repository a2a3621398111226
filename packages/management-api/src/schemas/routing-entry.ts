import { Type, type Static } from "typebox";

const names = (description: string) => Type.Optional(Type.Array(Type.String(), { description }));
const text = (description: string) => Type.Optional(Type.String({ description }));

export const TimerSchedule = Type.Object(
  {
    cron: text("When, as a crontab line"),
    zone: text("Time zone of the line; UTC where it is left out"),
  },
  { $id: "TimerSchedule", description: "When a timer fires, as a crontab line", additionalProperties: false },
);
export type TimerSchedule = Static<typeof TimerSchedule>;

export const RoutingEntry = Type.Object(
  {
    methods: names('HTTP methods; "*" is every method'),
    pathPattern: text('Path that it serves: "{x}" is one segment, "*" is anything'),
    path: text("Path prefix that it serves; older than pathPattern"),
    rewritePath: text("Path that a filter passes on in place of the one that matched"),
    phase: text("Phase of a filter: auth, pre or post"),
    level: text("Order in the pipeline, as a number in text; handlers are at 50"),
    type: text(
      "How it is called: request-response (default), request-response-1.0, request-only, request-log, headers, redirect, internal, system",
    ),
    redirectPath: text("Path that a redirect leads to"),
    unit: text("Unit of a timer's delay: millisecond, second, minute, hour, day"),
    delay: text("Time between two calls of a timer, as a number in text; 0 stops it"),
    schedule: Type.Optional(TimerSchedule),
    permissionsRequired: names("Permissions that a caller must hold"),
    permissionsDesired: names("Permissions that the module wants to hear about"),
    modulePermissions: names("Permissions that the module holds while it serves this entry"),
    permissionsRequiredTenant: names(
      "Permissions that replace permissionsRequired for a caller of the tenant named in the path",
    ),
    delegateCORS: Type.Optional(Type.Boolean({ description: "The module answers CORS requests itself" })),
  },
  {
    $id: "RoutingEntry",
    description: "One route of a module, one place of a filter in the pipeline, or one timer",
    additionalProperties: false,
  },
);
export type RoutingEntry = Static<typeof RoutingEntry>;
