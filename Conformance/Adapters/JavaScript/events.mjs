// Starter and stopper events (SPEC.md): a system in JavaScript whose whole state is in shared memory, under one lock.

import { Memory } from './memory.mjs';

export const NONE = -1;
export const DIALECTS = ['Patch2011', 'Amended', 'Linux613'];
/** What can be broken on purpose, to see that it is found. */
export const MISTAKES = ['stoppers-first', 'lost-update'];

const MAX_COUNT = Number.MAX_SAFE_INTEGER;
const MAX_AMOUNT = 2 ** 32 - 1;
const MAX_TOTAL = 2n ** 63n - 1n;
const MAX_LEFT = 2n ** 64n - 1n;
const MAX_DECLARED = 2 ** 31 - 1;

/** Thrown by a call that answers an error, and changed nothing. */
export class Refusal extends Error {}

// Made once each: a refusal is an answer, and the stack of a throw would tell nothing.
const [EBADF, EINVAL, EEXIST, EBUSY, EMFILE, ESRCH, EOVERFLOW, EAGAIN, ENOTTY, EOPNOTSUPP] = [
  'EBADF', 'EINVAL', 'EEXIST', 'EBUSY', 'EMFILE', 'ESRCH', 'EOVERFLOW', 'EAGAIN', 'ENOTTY', 'EOPNOTSUPP',
].map((error) => new Refusal(error));

const STARTER = 0;
const STOPPER = 1;
const SAMPLE = 2;
const ROLES = [STARTER, STOPPER];

// A record is an instance, whose key is its handle and its task if it is a copy, or OWN; or a task, whose key is 0 and
// its name. The fields that are doubles:
const PERIOD = 2;
const COUNT = 3;
const SAMPLES = 4;
const LEFT = 5; // of an own instance: what its dead copies counted
// The fields that are words, those of two words for the two roles:
const TASK = 12;
const CPU = 13;
const FLAGS = 14;
// The end of a link of which an instance has one at most: where there are slots, the owner of each; in Linux613, the
// leader in the member's role. BOUND_TO_IT are the first of those that are bound to it, and BESIDE leads on.
const BOUND = 15;
const BOUND_TO_IT = 17;
const BESIDE = 19; // to 22
const HEIRS = 23; // of a task: what a fork of it copies
const HEIR = 24; // to 25
const COPIES = 26; // of an own instance
const COPY = 27; // to 28
const TWIN = 29; // while a fork runs: the copy that it made; of no record, 0: none

const OWN = -1;
const TASKS = 0; // the key of all tasks; no handle is 0

const INHERIT = 1 << 0;
const ENABLED = 1 << 1;
const SCHEDULED = 1 << 2;
const PAUSED = 1 << 3;
const THROTTLED = 1 << 4;
const ERROR = 1 << 5;
const AUX = 1 << 6;
const MEMBER = 1 << 7;
const STARTS_PAUSED = 1 << 8;
const RUNS = 1 << 9; // of a task
const ACTIVE = ENABLED | SCHEDULED;

const besideIn = (role) => BESIDE + 2 * role;

/**
 * A system. Its methods are the operations; they throw a `Refusal` where the operation answers an error. An instance is
 * named by a handle and, if it is a copy, its task.
 */
export class Events {
  /** A buffer for a system that threads share, with room for so many instances and tasks that forked or inherit. */
  static buffer(records) {
    return Memory.buffer(records);
  }

  #memory;
  #declared;
  #linux;
  #mistake;
  #shared;
  #program;
  // Words in the header of the memory.
  #handles;
  #forks;
  #issued;

  /** With a buffer, one and the same system as all others that were given the buffer and the same declaration. */
  constructor({ dialect, handles, roots, tasks, cpus }, { buffer, mistake } = {}) {
    const allowed = DIALECTS.includes(dialect) && [handles, roots, tasks, cpus].every(Number.isInteger)
      && handles >= 1 && roots >= 1 && tasks >= roots && cpus >= 0 && Math.max(handles, tasks, cpus) <= MAX_DECLARED;
    if (!allowed) throw new RangeError('a declaration that 9.4 does not allow');
    this.#declared = { dialect, handles, roots, tasks, cpus };
    this.#linux = dialect === 'Linux613';
    this.#mistake = mistake;
    this.#shared = buffer !== undefined;
    this.#memory = buffer ? new Memory(buffer) : new Memory(Memory.buffer(100), { growing: true });
    this.#handles = this.#memory.header;
    this.#forks = this.#memory.header + 1;
    this.#issued = this.#memory.header + 2;
    if (this.#linux) this.#program = [STOPPER, SAMPLE, STARTER]; // 8.16
    else if (mistake === 'stoppers-first') this.#program = [STOPPER, STARTER, SAMPLE];
    else this.#program = [STARTER, STOPPER, SAMPLE]; // 4.9, 4.10, 4.12
  }

  // A user's calls.

  open({
    task = NONE, cpu = NONE, period = 0, inherit = false, enabled = false, paused = false,
    aux = false, leader, pauses = false, resumes = false,
  } = {}) {
    return this.#call(() => {
      const { dialect, handles, roots, cpus } = this.#declared;
      if (!(period >= 0 && period <= MAX_COUNT) || task < NONE || cpu < NONE || cpu >= cpus) throw EINVAL;
      if (task === NONE && cpu === NONE) throw EINVAL;
      let group = 0;
      if (this.#linux) {
        group = this.#group({ task, cpu, inherit, paused, aux, leader, pauses, resumes });
      } else if (aux || leader !== undefined || pauses || resumes) {
        throw EINVAL; // 8.10
      } else if (paused && dialect === 'Patch2011') {
        throw EINVAL; // 8.4
      }
      if (task >= roots && this.#memory.find(TASKS, task) !== 0) throw EINVAL; // 6.1
      if (this.#words[this.#handles] === handles) throw EMFILE;
      if (task >= roots) throw ESRCH;

      this.#words[this.#handles] += 1;
      const issued = (this.#numbers[this.#issued >> 1] += 1);
      const event = this.#memory.allocate(issued, OWN);
      this.#words[event + TASK] = task;
      this.#words[event + CPU] = cpu;
      this.#numbers[(event >> 1) + PERIOD] = period;
      this.#words[event + FLAGS] = (inherit && INHERIT) | (enabled && ENABLED) | (paused && (PAUSED | STARTS_PAUSED))
        | (aux && AUX) | (group && MEMBER);
      if (inherit && task !== NONE) this.#memory.push(this.#task(task) + HEIRS, event, HEIR);
      if (group !== 0) this.#bind(event, pauses ? STOPPER : STARTER, group);
      return issued;
    });
  }

  /** 8.12 to 8.14: the leader that Open asks for, or 0. */
  #group({ task, cpu, inherit, paused, aux, leader, pauses, resumes }) {
    if ((pauses && resumes) || (pauses || resumes) !== (leader !== undefined)) throw EINVAL;
    if (paused && !aux) throw EOPNOTSUPP;
    if (leader === undefined) return 0;
    const found = this.#event(leader);
    if (!this.#is(found, AUX) || this.#is(found, MEMBER)) throw EINVAL;
    if (this.#words[found + TASK] !== task || this.#words[found + CPU] !== cpu) throw EINVAL;
    if (task !== NONE && this.#is(found, INHERIT) !== inherit) throw EINVAL;
    return found;
  }

  close(event) {
    this.#call(() => {
      const own = this.#event(event);
      const task = this.#words[own + TASK];
      this.#words[this.#handles] -= 1;
      if (this.#is(own, INHERIT) && task !== NONE) this.#memory.remove(this.#task(task) + HEIRS, own, HEIR);
      if (this.#linux) for (const member of this.#boundTo(own)) this.#turn(member, ERROR, ENABLED); // 8.19
      this.#bury(own);
    });
  }

  setStarter(trigger, target) {
    this.#set(STARTER, trigger, target);
  }

  setStopper(trigger, target) {
    this.#set(STOPPER, trigger, target);
  }

  #set(role, trigger, target) {
    this.#call(() => {
      const source = this.#event(trigger);
      if (this.#linux) throw ENOTTY; // 8.11
      const moved = this.#event(target);
      for (const part of [TASK, CPU]) if (this.#words[source + part] !== this.#words[moved + part]) throw EINVAL;
      if (this.#declared.dialect === 'Amended' && this.#numbers[(source >> 1) + PERIOD] === 0) throw EINVAL; // 8.7
      const owner = this.#words[moved + BOUND + role];
      if (owner !== 0) throw owner === source ? EEXIST : EBUSY;
      this.#bind(moved, role, source);
    });
  }

  enable(event) {
    this.#call(() => this.#everywhere(event, (instance) => this.#enter(instance, ENABLED, ERROR)));
  }

  disable(event) {
    this.#call(() => this.#everywhere(event, (instance) => this.#turn(instance, 0, ENABLED)));
  }

  /** A BigInt. */
  totalCount(event) {
    return this.#call(() => {
      const own = this.#event(event);
      let total = this.#memory.bigs[(own >> 1) + LEFT];
      this.#everywhere(event, (instance) => {
        total += BigInt(this.#numbers[(instance >> 1) + COUNT]);
      });
      if (total > MAX_TOTAL) throw EOVERFLOW;
      return total;
    });
  }

  fork(task, child) {
    this.#call(() => {
      const { roots, tasks } = this.#declared;
      if (!(task >= 0 && task < roots) && !this.#runs(task)) throw ESRCH;
      if ((child >= 0 && child < roots) || this.#memory.find(TASKS, child) !== 0) throw EEXIST;
      if (roots + this.#words[this.#forks] === tasks) throw EAGAIN;
      if (!(child >= 0 && child < tasks)) throw EINVAL;
      this.#words[this.#forks] += 1;
      const [parent, born] = [this.#task(task), this.#task(child)];
      this.#words[born + FLAGS] = RUNS;
      for (const source of this.#memory.list(parent + HEIRS, HEIR)) this.#copy(source, child);
      for (const source of this.#memory.list(parent + HEIRS, HEIR)) {
        for (const role of ROLES) {
          const end = this.#words[this.#words[source + BOUND + role] + TWIN];
          if (end !== 0) this.#bind(this.#words[source + TWIN], role, end);
        }
      }
      for (const source of this.#memory.list(parent + HEIRS, HEIR)) this.#words[source + TWIN] = 0;
    });
  }

  #copy(source, child) {
    const handle = this.#memory.key(source);
    const copy = this.#memory.allocate(handle, child);
    const kept = INHERIT | ENABLED | AUX | MEMBER | STARTS_PAUSED;
    const paused = this.#is(source, this.#declared.dialect === 'Amended' ? PAUSED : STARTS_PAUSED); // 8.8, 8.9, 8.22
    this.#words[copy + TASK] = child;
    this.#words[copy + CPU] = this.#words[source + CPU];
    this.#numbers[(copy >> 1) + PERIOD] = this.#numbers[(source >> 1) + PERIOD];
    this.#words[copy + FLAGS] = (this.#words[source + FLAGS] & kept) | (paused && PAUSED);
    this.#words[source + TWIN] = copy;
    this.#memory.push(this.#task(child) + HEIRS, copy, HEIR);
    const own = this.#memory.find(handle, OWN);
    if (own !== 0) this.#memory.push(own + COPIES, copy, COPY);
  }

  exit(task) {
    this.#call(() => {
      if (!this.#runs(task)) throw ESRCH;
      const ended = this.#task(task);
      this.#words[ended + FLAGS] = 0;
      for (const copy of this.#memory.list(ended + HEIRS, HEIR)) {
        const own = this.#memory.find(this.#memory.key(copy), OWN);
        if (own !== 0) {
          const left = this.#memory.bigs[(own >> 1) + LEFT] + BigInt(this.#numbers[(copy >> 1) + COUNT]);
          this.#memory.bigs[(own >> 1) + LEFT] = left < MAX_LEFT ? left : MAX_LEFT;
          this.#memory.remove(own + COPIES, copy, COPY);
        }
        this.#bury(copy);
      }
      this.#words[ended + HEIRS] = 0;
    });
  }

  // Hardware calls.

  scheduleIn(event, copy) {
    this.#call(() => this.#enter(this.#instance(event, copy), SCHEDULED, 0));
  }

  scheduleOut(event, copy) {
    this.#call(() => this.#turn(this.#instance(event, copy), 0, SCHEDULED));
  }

  throttle(event, copy) {
    this.#call(() => this.#turn(this.#instance(event, copy), THROTTLED, 0));
  }

  unthrottle(event, copy) {
    this.#call(() => this.#turn(this.#instance(event, copy), 0, THROTTLED));
  }

  /** The overflows delivered, or undefined if it was ignored. */
  tick(event, amount, copy) {
    return this.#call(() => {
      const instance = this.#instance(event, copy);
      if (!(amount >= 0 && amount <= MAX_AMOUNT)) throw EINVAL;
      if (!this.#running(instance)) return undefined;
      const period = this.#numbers[(instance >> 1) + PERIOD];
      const before = this.#numbers[(instance >> 1) + COUNT];
      if (amount > MAX_COUNT - before) throw EOVERFLOW;
      const after = before + amount;
      if (this.#mistake === 'lost-update' && this.#shared) this.#letOthersIn();
      this.#numbers[(instance >> 1) + COUNT] = after;
      if (period === 0) return 0;
      // Whole multiples only: a quotient of large numbers may be rounded up to the next.
      const overflows = (after - (after % period)) / period - (before - (before % period)) / period;
      if (overflows > 0) this.#deliver(instance, overflows);
      return overflows;
    });
  }

  /** 1, or undefined if it was ignored. */
  overflow(event, copy) {
    return this.#call(() => {
      const instance = this.#instance(event, copy);
      if (!this.#running(instance) || this.#numbers[(instance >> 1) + PERIOD] === 0) return undefined;
      this.#deliver(instance, 1);
      return 1;
    });
  }

  // Reads.

  count(event, copy) {
    return this.#call(() => this.#numbers[(this.#instance(event, copy) >> 1) + COUNT]);
  }

  /** A BigInt. */
  samples(event, copy) {
    return this.#call(() => this.#memory.bigs[(this.#instance(event, copy) >> 1) + SAMPLES]);
  }

  state(event, copy) {
    return this.#call(() => {
      const instance = this.#instance(event, copy);
      if (this.#is(instance, ERROR)) return 'error';
      if (!this.#is(instance, ENABLED)) return 'off';
      return this.#is(instance, SCHEDULED) ? 'active' : 'inactive';
    });
  }

  paused(event, copy) {
    return this.#call(() => this.#is(this.#instance(event, copy), PAUSED));
  }

  /** The owner's handle and, if it is a copy, its task; undefined if the slot is free. */
  starterOf(event, copy) {
    return this.#owner(STARTER, event, copy);
  }

  stopperOf(event, copy) {
    return this.#owner(STOPPER, event, copy);
  }

  #owner(role, event, copy) {
    return this.#call(() => {
      const owner = this.#words[this.#instance(event, copy) + BOUND + role];
      if (owner === 0 || this.#linux) return undefined; // 8.11
      const task = this.#memory.subkey(owner);
      return { handle: this.#memory.key(owner), copy: task === OWN ? undefined : task };
    });
  }

  // What is the same in several of them.

  get #words() {
    return this.#memory.words;
  }

  get #numbers() {
    return this.#memory.numbers;
  }

  #call(steps) {
    this.#memory.lock();
    try {
      return steps();
    } finally {
      this.#memory.unlock();
    }
  }

  #letOthersIn() {
    this.#memory.unlock();
    Atomics.wait(this.#words, this.#handles, this.#words[this.#handles], 0.01);
    this.#memory.lock();
  }

  #event(handle) {
    return this.#instance(handle, undefined);
  }

  #instance(handle, copy) {
    const isName = handle > TASKS && (copy === undefined || copy > OWN);
    const instance = isName ? this.#memory.find(handle, copy ?? OWN) : 0;
    if (instance === 0) throw EBADF;
    return instance;
  }

  #everywhere(event, act) {
    const own = this.#event(event);
    act(own);
    for (const copy of this.#memory.list(own + COPIES, COPY)) act(copy);
  }

  /** The record of a task: a root has one when it is asked for, and a name that a fork took has one for ever. */
  #task(name) {
    return this.#memory.find(TASKS, name) || this.#memory.allocate(TASKS, name);
  }

  #runs(child) {
    const task = this.#memory.find(TASKS, child);
    return task !== 0 && this.#is(task, RUNS);
  }

  #is(record, flag) {
    return (this.#words[record + FLAGS] & flag) !== 0;
  }

  #turn(instance, on, off) {
    this.#words[instance + FLAGS] = (this.#words[instance + FLAGS] & ~off) | on;
  }

  #active(instance) {
    return (this.#words[instance + FLAGS] & ACTIVE) === ACTIVE;
  }

  #running(instance) {
    return (this.#words[instance + FLAGS] & (ACTIVE | PAUSED | THROTTLED)) === ACTIVE;
  }

  #enter(instance, on, off) {
    const wasActive = this.#active(instance);
    this.#turn(instance, on, off);
    if (!wasActive && this.#active(instance)) this.#turn(instance, 0, THROTTLED); // 5.3
  }

  #bind(instance, role, end) {
    this.#words[instance + BOUND + role] = end;
    this.#memory.push(end + BOUND_TO_IT + role, instance, besideIn(role));
  }

  *#boundTo(end) {
    for (const role of ROLES) yield* this.#memory.list(end + BOUND_TO_IT + role, besideIn(role));
  }

  /** An instance dies, and all its links with it. */
  #bury(dead) {
    for (const role of ROLES) {
      const end = this.#words[dead + BOUND + role];
      if (end !== 0) this.#memory.remove(end + BOUND_TO_IT + role, dead, besideIn(role));
      for (const bound of this.#memory.list(dead + BOUND_TO_IT + role, besideIn(role))) {
        this.#words[bound + BOUND + role] = 0;
      }
    }
    this.#memory.free(dead);
  }

  #deliver(instance, overflows) {
    for (const step of this.#program) {
      if (step === SAMPLE) {
        this.#memory.bigs[(instance >> 1) + SAMPLES] += BigInt(overflows);
      } else if (!this.#linux) {
        for (const target of this.#memory.list(instance + BOUND_TO_IT + step, besideIn(step))) this.#visit(target, step);
      } else if (this.#words[instance + BOUND + step] !== 0) {
        this.#visit(this.#words[instance + BOUND + step], step);
      }
    }
  }

  #visit(target, role) {
    if (this.#declared.dialect === 'Patch2011' && !this.#active(target)) return; // 8.2
    if (role === STOPPER) this.#turn(target, PAUSED, 0);
    else this.#turn(target, 0, PAUSED);
  }
}
