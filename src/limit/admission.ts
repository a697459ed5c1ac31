/** Lets requests begin as fast as the event loop gets through them, and refuses at once those that would wait long. */
export type Admission = {
  /**
   * Resolves, a turn of the event loop later at the soonest, with a place, which is to be disposed of when the
   * request's work is done; or with undefined where the request is refused, or its caller has gone away.
   */
  enter(isGone: () => boolean): Promise<Disposable | undefined>;
};

/** How much, and by what clock. */
export type AdmissionOptions = {
  /** How many may be at work at once; the next is refused. Most of them only wait, but take memory. */
  readonly maxInFlight: number;
  /** How much may begin in a turn of the event loop: no more than whoever is refused may wait to be heard. */
  readonly turnMs: number;
  /** The longest wait for a beginning, where the queue was empty lately: a rush that is soon over. */
  readonly rushMs: number;
  /** The longest wait once the queue has not been empty for `rushMs`, or somebody was refused within `calmMs`. */
  readonly standingMs: number;
  readonly calmMs: number;
  /**
   * Milliseconds of CPU time that this thread has taken, by which all times here go: on a machine that has other
   * things to do a turn takes longer, and what is begun in it is no less work.
   */
  readonly cpuMs: () => number;
  /** Calls back when the event loop has taken in what has arrived, and done what was to be done at once. */
  readonly nextTurn: (callback: () => void) => void;
};

type Waiter = { readonly isGone: () => boolean; readonly settle: (place: Disposable | undefined) => void };

/** What a request is taken to cost before any was seen; what they cost then is learned within about as many. */
const firstMs = 1;
const learnedFrom = 64;
const mostTurns = 5;

/** So many may wait whatever they cost: what a page asks for at once is no overload. */
const alwaysWaiting = 32;

/**
 * Creates an admission. What a request costs is learned from how many began and how much CPU time was taken
 * meanwhile, by all that the thread did. From that follows how many begin in a turn, in the order of their arrival,
 * and how long the next one to come would wait. Where the queue never empties, waiting is not for the end of a rush and
 * helps nobody (B. Maurer, "Fail at Scale", ACM Queue 13(8)): it is kept short then, and so is every answer.
 */
export function createAdmission(options: AdmissionOptions): Admission {
  const { maxInFlight, turnMs, rushMs, standingMs, calmMs, cpuMs, nextTurn } = options;
  let queue: Waiter[] = [];
  let emptyAtMs = 0;
  let refusedAtMs = Number.NEGATIVE_INFINITY;
  let isTurning = false;
  let eachMs = firstMs;
  let learnedAtMs = cpuMs();
  let inFlight = 0;

  return {
    enter: (isGone) => {
      const nowMs = cpuMs();
      if (queue.length === 0) emptyAtMs = nowMs;
      const isStanding = nowMs - emptyAtMs > rushMs || nowMs - refusedAtMs < calmMs;
      const isTooLong = queue.length >= alwaysWaiting && queue.length * eachMs > (isStanding ? standingMs : rushMs);
      if (isTooLong || inFlight + queue.length >= maxInFlight) {
        refusedAtMs = nowMs;
        return Promise.resolve(undefined);
      }
      if (!isTurning) nextTurn(turn);
      isTurning = true;
      return new Promise((settle) => queue.push({ isGone, settle }));
    },
  };

  function turn(): void {
    const most = Math.max(1, Math.floor(turnMs / eachMs));
    let [next, begun] = [0, 0];
    for (; next < queue.length && begun < most; next += 1) {
      const { isGone, settle } = queue[next]!;
      if (isGone()) settle(undefined);
      else {
        begun += 1;
        settle(takePlace());
      }
    }
    queue = queue.slice(next);
    if (begun > 0) learn(begun);
    isTurning = queue.length > 0;
    if (isTurning) nextTurn(turn);
  }

  /** What is begun is paid for until the next begin, or for some turns: what is taken beyond them is for other work. */
  function learn(begun: number): void {
    const nowMs = cpuMs();
    const takenMs = Math.min(nowMs - learnedAtMs, mostTurns * turnMs);
    eachMs += (takenMs / begun - eachMs) * Math.min(1, begun / learnedFrom);
    learnedAtMs = nowMs;
  }

  function takePlace(): Disposable {
    inFlight += 1;
    let isTaken = true;
    return {
      [Symbol.dispose]() {
        if (isTaken) inFlight -= 1;
        isTaken = false;
      },
    };
  }
}
