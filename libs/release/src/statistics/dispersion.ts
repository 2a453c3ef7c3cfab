import { nothing, plus, type Tally } from './tally.js';

/** How the rate of failures of one arm of one caller jumps from block to block. */
interface Jumps {
  /** The block that is being filled, and how many looks are in it. */
  block: Tally;
  looks: number;
  /** The block before. */
  last?: Tally;
  /** Faded sums: of the squared jumps, each by its expected size; of the jumps; of the tallies. */
  squares: number;
  count: number;
  total: Tally;
  /** The two largest squares, faded as well. */
  largest: [number, number];
}

/** One for each size of block. */
export type Burstiness = Jumps[];

/** Blocks of so many looks: bursts may go on over several. */
const sizes = [1, 2, 4];
/** A block fades to 1/e within so many others. */
const keep = 1 - 1 / 64;
/** So many imagined blocks without bursts stand at the beginning. */
const prior = 2;
/** More than this is an outage rather than a burst, and would blind the guard. */
const highest = 25;

export const noBurstiness: Burstiness = sizes.map(() => ({
  block: nothing,
  looks: 0,
  squares: 0,
  count: 0,
  total: nothing,
  largest: [0, 0],
}));

/** Adds what one look counted to the blocks of each size. */
export function addBlock(burstiness: Burstiness, tally: Tally): Burstiness {
  if (tally.requests === 0) return burstiness;
  return burstiness.map((jumps, index) => {
    const block = plus(jumps.block, tally);
    const looks = jumps.looks + 1;
    return looks < (sizes[index] ?? 1) ? { ...jumps, block, looks } : addJump(jumps, block);
  });
}

function addJump(jumps: Jumps, block: Tally): Jumps {
  const { last = block, largest } = jumps;
  const jump = block.bad / block.requests - last.bad / last.requests;
  const square = jump ** 2 / (1 / block.requests + 1 / last.requests);
  const [first, second] = [largest[0] * keep, largest[1] * keep];
  return {
    block: nothing,
    looks: 0,
    last: block,
    squares: jumps.squares * keep + square,
    count: jumps.count * keep + (jumps.last === undefined ? 0 : 1),
    total: {
      requests: jumps.total.requests * keep + block.requests,
      bad: jumps.total.bad * keep + block.bad,
    },
    largest: square > first ? [square, first] : [first, Math.max(second, square)],
  };
}

/**
 * How many failures come together, about: the variance of failures over what independent failures would have, at least 1.
 *
 * Estimated from the jumps between neighbouring blocks, so that a rate that moves slowly (a day's cycle) or once (a canary that turns bad, an
 * outage that begins and ends: the two largest jumps are left out) does not count. Bursts of b failures on one arm give about b.
 * @param callers the same arm of each caller.
 */
export function dispersion(callers: readonly Burstiness[]): number {
  const estimates = sizes.map((_, index) => estimate(callers.flatMap((jumps) => jumps[index] ?? [])));
  return Math.min(Math.max(...estimates, 1), highest);
}

function estimate(callers: readonly Jumps[]): number {
  let squares = prior;
  let count = prior;
  for (const jumps of callers) {
    if (jumps.total.bad === 0 || jumps.count <= 2) continue;
    const rest = Math.max(0, jumps.squares - jumps.largest[0] - jumps.largest[1]);
    squares += (rest * jumps.total.requests) / jumps.total.bad;
    count += jumps.count - 2;
  }
  return squares / count;
}
