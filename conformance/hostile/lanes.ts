import { handling } from "../proxy/descriptors.ts";
import { startPlatform } from "../proxy/platform.ts";

/** A tenant with a module of its own, so that whatever its module sees belongs to what is sent in its name. */
export interface Lane<Module> {
  readonly gatewayUrl: string;
  readonly tenant: string;
  readonly module: Module;
}

export interface Lanes<Module> {
  /** Runs `work` for every item, on as many lanes at once as there are; one item at a time on each. */
  run<Item>(items: readonly Item[], work: (lane: Lane<Module>, item: Item) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

interface LaneModule {
  /** host:port */
  readonly authority: string;
  close(): Promise<void>;
}

/** One gateway process, and lanes through it.
 * @param env of the gateway, where a way of listening or of calling modules is chosen */
export async function startLanes<Module extends LaneModule>(
  count: number,
  startModule: () => Promise<Module>,
): Promise<Lanes<Module>> {
  const platform = await startPlatform(1);
  const lanes: Lane<Module>[] = [];
  for (let number = 1; number <= count; number += 1) {
    const module = await startModule();
    const tenant = `lane${number}`;
    const handlers = ["/echo*", "/early/*", "/answer/*"].map((pathPattern) => ({
      methods: ["*"],
      pathPattern,
    }));
    const descriptor = handling(`lane-1.0.${number}`, handlers);
    await platform.tenant(tenant, [{ descriptor, url: `http://${module.authority}` }]);
    lanes.push({ gatewayUrl: platform.urls[0] ?? "", tenant, module });
  }
  return {
    async run(items, work) {
      const left = items.values();
      await Promise.all(
        lanes.map(async (lane) => {
          for (const item of left) await work(lane, item);
        }),
      );
    },
    async close() {
      await platform.close();
      for (const { module } of lanes) await module.close();
    },
  };
}
