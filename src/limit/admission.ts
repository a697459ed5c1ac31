/** Lets requests begin as fast as the event loop gets through them, and refuses at once those that would wait long. */
export type Admission = {
  /** Whether whoever enters now is refused. */
  isFull(): boolean;
  /** Counts one who was refused without entering, because it is full. */
  refuse(): void;
  /**
   * Resolves, a turn of the event loop later at the soonest, with a place, which is to be disposed of when the
   * request's work is done; or with undefined where the request is refused, or its caller has gone away.
   */
  enter(isGone: () => boolean): Promise<Disposable | undefined>;
};

/** An admission that tells how much there is to do. */
export type MeasuredAdmission = Admission & {
  /** Returns how many are at work and wait now, and how many were refused up to now. */
  load(): AdmissionLoad;
};

/** How much there is to do. */
export type AdmissionLoad = { readonly inFlight: number; readonly waiting: number; readonly refused: number };

/** How much, and by what clock. */
export type AdmissionOptions = {
  /** How many may be at work at once; the next is refused. Most of them only wait, but take memory. */
  readonly maxInFlight: number;
  /** How much may begin in a turn of the event loop; more where refusing took long, `standingMs` at most. */
  readonly turnMs: number;
  /** The longest wait for a beginning, but for a few, where the queue was empty lately: a rush that is soon over. */
  readonly rushMs: number;
  /**
   * The longest wait once the queue has not been empty for `rushMs`, or somebody was refused within `calmMs`, but for so
   * many as are no overload. Also the most that may begin in a turn: no more than whoever is refused may wait to be heard.
   */
  readonly standingMs: number;
  readonly calmMs: number;
  /**
   * Milliseconds of CPU time that this thread has taken, by which costs and waits go: on a machine that has other
   * things to do a turn takes longer, and what is begun in it is no less work.
   */
  readonly cpuMs: () => number;
  /**
   * Milliseconds of the clock on the wall, by which a refusal is timed, for systems count CPU time in steps of some
   * milliseconds, within which many are refused; and by which passes what was begun has been paid for.
   */
  readonly wallMs: () => number;
  /** Calls back when the event loop has taken in what has arrived, and done what was to be done at once. */
  readonly nextTurn: (callback: () => void) => void;
  /** Calls back after so many milliseconds. */
  readonly later: (callback: () => void, ms: number) => void;
};

type Waiter = { readonly isGone: () => boolean; readonly settle: (place: Disposable | undefined) => void };

/**
 * What a request is taken to cost before any was seen, as if so many had, for the first ones take longer than they ever
 * will again; and from how many of the last it is learned.
 */
const firstMs = 1;
const firstCount = 512;
const learnedFrom = 256;
const mostTurns = 5;
const leastMs = 0.01;

/**
 * So many may wait whatever they cost: what a page asks for at once. So many in a rush, whatever they cost: an office that
 * opens a page together, which nobody else may have asked for yet. And so many as long as their wait is that of a rush:
 * one connection of HTTP/2 that always has all its streams open is no overload.
 */
const alwaysWaiting = 24;
const office = 64;
const crowd = 128;

/** What a refusal is taken to cost before any was seen, and by what factor that changes with each. */
const firstRefusalMs = 0.05;
const refusalStep = 1.01;

/**
 * So much work may be at hand, enough to go on with while sources answer: time pays for what was begun faster where less
 * is, and slower where more is, for others have the CPU as well, and what has begun would wait for it ever longer. Within
 * bounds, for what only waits for slow sources is at hand too.
 */
const atWorkMs = 100;
const mostPaidFor = 2;
const leastPaidFor = 0.7;

/** How many times as long as refusing takes those who wait are served: refusing must never be all that is done. */
const servedToRefused = 2;

/**
 * Creates an admission. What a request costs is learned from how many were done and how much CPU time was taken
 * meanwhile, by all that the thread did. From that follows how many begin in a turn, in the order of their arrival,
 * and how long the next one to come would wait. Where the queue never empties, waiting is not for the end of a rush and
 * helps nobody (B. Maurer, "Fail at Scale", ACM Queue 13(8)): it is kept short then, and so is every answer. What refusals
 * take is not charged to those who begin, who would seem dear by it, and the fewer of them began the dearer.
 */
export function createAdmission(options: AdmissionOptions): MeasuredAdmission {
  const { maxInFlight, turnMs, rushMs, standingMs, calmMs, cpuMs, wallMs, nextTurn, later } = options;
  let queue: Waiter[] = [];
  let emptyAtMs = 0;
  let refusedAtMs = Number.NEGATIVE_INFINITY;
  let refusedAtWallMs = Number.NEGATIVE_INFINITY;
  let isTurning = false;
  let eachMs = firstMs;
  let [counted, countedMs] = [firstCount, firstCount * firstMs];
  let learnedAtMs = cpuMs();
  let inFlight = 0;
  /** What had begun at the last turn and was not paid for by then. */
  let begunMs = 0;
  let turnedAtWallMs = wallMs();
  /** Done since it was last learned from them, and how many turns that were. */
  let [ended, turns] = [0, 0];
  /** Since the last turn, and since the last that was learned from. */
  let [refused, refusedBefore] = [0, 0];
  let refusalMs = firstRefusalMs;
  /** Since the start. */
  let refusedInAll = 0;

  return {
    isFull,
    refuse,
    load: () => ({ inFlight, waiting: queue.length, refused: refusedInAll }),
    enter: (isGone) => {
      if (isFull()) {
        refuse();
        return Promise.resolve(undefined);
      }
      if (queue.length === 0) emptyAtMs = cpuMs();
      if (!isTurning) nextTurn(turn);
      isTurning = true;
      return new Promise((settle) => queue.push({ isGone, settle }));
    },
  };

  function isFull(): boolean {
    if (inFlight + queue.length >= maxInFlight) return true;
    if (queue.length < alwaysWaiting) return false;
    const waitMs = queue.length * eachMs;
    if (waitMs > rushMs) return queue.length >= office || !isRush();
    return waitMs > standingMs && queue.length >= crowd && !isRush();
  }

  /** Whether the queue was empty lately, and nobody was refused lately. */
  function isRush(): boolean {
    const nowMs = cpuMs();
    return nowMs - emptyAtMs <= rushMs && nowMs - refusedAtMs >= calmMs;
  }

  function refuse(): void {
    const atWallMs = wallMs();
    if (refused > 0) learnRefusal(atWallMs - refusedAtWallMs);
    refusedAtWallMs = atWallMs;
    refusedAtMs = cpuMs();
    refused += 1;
    refusedInAll += 1;
  }

  /** Most refusals of a turn follow each other; the median of what lies between them knows nothing of what else does. */
  function learnRefusal(tookMs: number): void {
    refusalMs *= tookMs > refusalMs ? refusalStep : 1 / refusalStep;
  }

  function turn(): void {
    turns += 1;
    const owedMs = Math.min(refused * refusalMs * servedToRefused, standingMs);
    refusedBefore += refused;
    refused = 0;
    const budgetMs = Math.max(turnMs, owedMs);
    const debtMs = payBack();
    const most = Math.max(debtMs === 0 ? 1 : 0, Math.floor((budgetMs - debtMs) / eachMs));
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
    begunMs = debtMs + begun * eachMs;
    if (ended > 0) learn();
    isTurning = queue.length > 0;
    if (!isTurning) return;
    if (most > 0) nextTurn(turn);
    // Nothing may begin until some of what did has been paid for, and a turn for nothing costs as well.
    else later(turn, Math.max(1, Math.min(debtMs, debtMs + eachMs - budgetMs)));
  }

  /**
   * Turns are short while what was begun waits for sources: no more begins than the time that has passed can pay for,
   * or all of it would go on at once when they answer. Returns what is still to be paid for.
   */
  function payBack(): number {
    const atWallMs = wallMs();
    const paidFor = Math.max(leastPaidFor, Math.min(mostPaidFor, atWorkMs / (inFlight * eachMs)));
    const debtMs = Math.max(0, begunMs - (atWallMs - turnedAtWallMs) * paidFor);
    turnedAtWallMs = atWallMs;
    return debtMs;
  }

  /**
   * What is done is counted, and not what is begun: the more of that only waits for its turn to go on, the cheaper it
   * would seem. It was paid for in many turns, so that only sums over many tell what each costs; what is taken beyond
   * some turns' worth in each is for other work.
   */
  function learn(): void {
    const nowMs = cpuMs();
    const takenMs = Math.min(nowMs - learnedAtMs - refusedBefore * refusalMs, mostTurns * turnMs * turns);
    const kept = 1 - Math.min(0.5, ended / learnedFrom);
    counted = counted * kept + ended;
    countedMs = countedMs * kept + Math.max(0, takenMs);
    eachMs = Math.max(leastMs, countedMs / counted);
    learnedAtMs = nowMs;
    [refusedBefore, ended, turns] = [0, 0, 0];
  }

  function takePlace(): Disposable {
    inFlight += 1;
    let isTaken = true;
    return {
      [Symbol.dispose]() {
        if (!isTaken) return;
        isTaken = false;
        inFlight -= 1;
        ended += 1;
      },
    };
  }
}
