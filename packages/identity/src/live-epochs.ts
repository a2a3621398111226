import type { RegistryView, Snapshot } from "@octavo/registry";
import { Epochs, type TenantEpochs } from "@octavo/tokens";
import { EndedSessions } from "./ended-sessions.ts";
import type { IdentityRows } from "./identity-rows.ts";

/** What has ended tokens, as this instance knows it: epochs from the snapshot, sessions from their table. */
export class LiveEpochs {
  readonly #sessions: EndedSessions;
  readonly #onReset: () => void;
  readonly #stop: () => void;
  #epochs = new Epochs();
  #history: string;
  #seen: Snapshot["identityEpochs"] = new Map();

  /** @param onReset epochs may have gone back, because the database has lost changes: whatever was compared with the old
   * ones is to be forgotten */
  constructor(registry: RegistryView, rows: IdentityRows, accessLifeMs: number, onReset: () => void) {
    this.#onReset = onReset;
    this.#history = registry.snapshot.history;
    this.#sessions = new EndedSessions(registry, rows, accessLifeMs, (tenantId) => this.ofTenant(tenantId));
    this.#follow(registry.snapshot);
    this.#stop = registry.onSnapshot((snapshot) => this.#follow(snapshot));
  }

  ofTenant(tenantId: string): TenantEpochs {
    return this.#epochs.ofTenant(tenantId);
  }

  /** Looks at once, where the look that an announcement brings would be too late: at the start, after an own change. */
  look(): Promise<void> {
    return this.#sessions.look();
  }

  close(): void {
    this.#stop();
    this.#sessions.close();
  }

  #follow({ history, identityEpochs }: Snapshot): void {
    if (history !== this.#history) this.#reset(history);
    if (identityEpochs === this.#seen) return;
    for (const [tenantId, { authEpoch, users }] of identityEpochs) {
      const before = this.#seen.get(tenantId);
      if (before === identityEpochs.get(tenantId)) continue;
      const epochs = this.#epochs.ofTenant(tenantId);
      epochs.raiseTenant(authEpoch);
      for (const [userId, user] of users) {
        if (before?.users.get(userId) !== user) epochs.raiseUser(userId, user.epoch);
      }
    }
    this.#seen = identityEpochs;
  }

  #reset(history: string): void {
    this.#history = history;
    this.#epochs = new Epochs();
    this.#seen = new Map();
    this.#sessions.forget();
    this.#onReset();
    void this.look();
  }
}
