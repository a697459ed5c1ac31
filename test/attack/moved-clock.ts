/**
 * A clock that can be moved, in the place of the system's: of everything in the process that asks for the time of day.
 * What measures durations (`performance.now`, timers) is left alone, as it is when a machine's clock is set.
 */
let movedMs = 0;

const realNow = Date.now;
const now = () => realNow() + movedMs;

Date.now = now;
const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
});
// A date's constructor is the one that everybody knows.
RealDate.prototype.constructor = globalThis.Date;

/** Moves the clock to so many milliseconds from the real time. */
export function moveClock(ms: number): void {
  movedMs = ms;
}
