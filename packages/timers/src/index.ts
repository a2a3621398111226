export { cadenceOf } from "./cadence.ts";
export { type Timer, timersOf } from "./declared-timers.ts";
export { type CallTimer, type Fire, type Fired, type RunnerVitals, TimerRunner } from "./timer-runner.ts";
export { type TimerPatch, parsePatch, printPatch, readPatch } from "./timer-patch.ts";
export { removeTimersOf, removeTimersOfProducts } from "./timer-rows.ts";
export { changeSetting, readSettings, type SettingChange, type TimerSetting } from "./timer-settings.ts";
export { type PastFire, readFires, readStates, type TimerState } from "./timer-states.ts";
