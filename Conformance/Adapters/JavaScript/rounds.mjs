// Programs of several threads, played in rounds; each thread is a worker, whose program is this module.

import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { Events } from './events.mjs';
import { Session } from './session.mjs';

const ARRIVED = 0;
const STAMP = 1;
const NOTHING = 2; // to be waited for in vain
const NAMES = 3;

const SHORT = 'short';
const LONG = 'long';

/** A round of a program, as one of the threads has it. */
class Round {
  constructor({ declaration, mistake, names }, { buffer, cells }) {
    const places = new Map(names.map((name, place) => [name, NAMES + place]));
    this.cells = new Int32Array(cells);
    this.session = new Session(declaration, { buffer, mistake }, {
      get: (name) => (places.has(name) && Atomics.load(this.cells, places.get(name))) || undefined,
      set: (name, handle) => Atomics.store(this.cells, places.get(name), handle),
    });
  }

  /** Waits until all are here, and says how: LONG if not by spinning alone, SHORT, or undefined if it was the last. */
  meet(threads) {
    let seen = Atomics.add(this.cells, ARRIVED, 1) + 1;
    if (seen === threads) Atomics.notify(this.cells, ARRIVED);
    let waited;
    for (let spins = 0; seen !== threads; spins++) {
      waited = spins < 5_000 ? SHORT : LONG;
      if (waited === LONG) Atomics.wait(this.cells, ARRIVED, seen);
      seen = Atomics.load(this.cells, ARRIVED);
    }
    return waited;
  }

  play(operations, waited) {
    return operations.map((operation) => {
      const called = Atomics.add(this.cells, STAMP, 1);
      // Calls of threads that share a core are too short to meet.
      if (waited === LONG && Math.random() < 0.5) Atomics.wait(this.cells, NOTHING, 0, 0.01);
      const answer = this.session.perform(operation);
      return [called, Atomics.add(this.cells, STAMP, 1), answer];
    });
  }
}

const workers = [];

/** All setups come first, and what is after the threads last, so that the threads go from round to round by themselves. */
export async function run({ declaration, setup, threads, after, rounds }, mistake) {
  const operations = [setup, ...threads, after].flat();
  const opened = operations.filter(({ op }) => op === 'Open').map(({ event }) => event);
  const forks = operations.filter(({ op }) => op === 'Fork').length;
  const records = 2 * opened.length + forks * (opened.length + 2);
  const program = { declaration, mistake, names: [...new Set(opened)] };
  const shared = Array.from({ length: rounds }, () => ({
    buffer: Events.buffer(records),
    cells: new SharedArrayBuffer((NAMES + program.names.length) * Int32Array.BYTES_PER_ELEMENT),
  }));
  const sessions = shared.map((one) => new Round(program, one).session);
  const before = sessions.map((session) => session.apply(setup));
  const played = await Promise.all(threads.map(async (thread, place) => {
    const worker = (workers[place] ??= new Worker(new URL(import.meta.url)));
    worker.ref();
    worker.postMessage({ program, shared, operations: thread, threads: threads.length });
    const [rows] = await once(worker, 'message');
    worker.unref();
    return rows;
  }));
  return {
    rounds: sessions.map((session, round) => ({
      setup: before[round],
      threads: played.map((rows) => rows[round]),
      after: session.apply(after),
    })),
  };
}

function play({ program, shared, operations, threads }) {
  const rounds = shared.map((one) => new Round(program, one));
  let waited = SHORT;
  parentPort.postMessage(rounds.map((round) => {
    waited = round.meet(threads) ?? waited;
    return round.play(operations, waited);
  }));
}

if (!isMainThread) parentPort.on('message', play);
