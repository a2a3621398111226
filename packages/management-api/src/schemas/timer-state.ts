import { Type, type Static } from "typebox";

const time = (description: string) => Type.Optional(Type.String({ description: `${description}, ISO 8601` }));
const outcome = Type.Enum(["succeeded", "failed", "unknown"], {
  description: '"unknown": the module was called, and no answer came',
});

const shown = {
  id: Type.String({ description: 'Id of the timer: product, "_", its place in the descriptor' }),
  moduleId: Type.String({ description: "The module that it calls" }),
  method: Type.String({ description: "The method that it calls with" }),
  path: Type.String({ description: "The path that it calls" }),
  cadence: Type.String({ description: '"every 5 minutes", "cron 0 2 * * * Europe/Berlin" or "never"' }),
  state: Type.Enum(["waiting", "running", "paused", "stopped"], {
    description: '"stopped": it has no delay, a delay of 0, or a line without a run',
  }),
  modified: Type.Boolean({ description: "Whether it differs from what the module declares" }),
  nextDue: time("When it fires next"),
  runRequestedAt: time("When somebody wanted a run that has not begun yet"),
  runningSince: time("Since when it runs"),
  lastEndedAt: time("When it last ended"),
  lastOutcome: Type.Optional(outcome),
};

export const TimerState = Type.Object(shown, {
  $id: "TimerState",
  description: "A timer of a tenant and how it stands",
  additionalProperties: false,
});
export type TimerState = Static<typeof TimerState>;

export const TimerFire = Type.Object(
  {
    due: Type.String({ description: "For when it was due, ISO 8601; it fires once for each" }),
    moduleId: Type.String({ description: "The module that was called" }),
    startedAt: Type.String({ description: "When, ISO 8601" }),
    endedAt: time("When it ended"),
    outcome: Type.Enum(["running", "succeeded", "failed", "unknown"], { description: "What came of it" }),
    status: Type.Optional(Type.Integer({ description: "HTTP status that the module answered with" })),
    message: Type.Optional(Type.String({ description: "Why it did not succeed" })),
  },
  { $id: "TimerFire", description: "One time that a timer fired", additionalProperties: false },
);
export type TimerFire = Static<typeof TimerFire>;

export const TimerHistory = Type.Object(
  {
    ...shown,
    fires: Type.Array(TimerFire, {
      description: "Newest first: the last 20, and what did not succeed within 7 days",
    }),
  },
  {
    $id: "TimerHistory",
    description: "A timer of a tenant with its last fires",
    additionalProperties: false,
  },
);
export type TimerHistory = Static<typeof TimerHistory>;
