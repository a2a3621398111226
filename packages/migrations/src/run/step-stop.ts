import type { MigrationStop } from "../migrator.ts";

/** Carries a stop out of a step to where it becomes the answer. */
export class StepStop extends Error {
  override readonly name = "StepStop";
  readonly stop: MigrationStop;

  constructor(stop: MigrationStop) {
    super(stop.message);
    this.stop = stop;
  }
}
