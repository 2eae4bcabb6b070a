// Records in shared memory: a heap of them, an index by key, lists through them, and a lock over all.

export const WORDS = 32; // of a record
export const NEXT = 0; // where a list's links are in a record: the next, and behind it the one before
const BEFORE = 1;

// A record begins with its key, a number and an integer, and the place of the next one in its bucket.
const KEY = 0; // a float64: words 0 and 1
const SUBKEY = 2;
const IN_BUCKET = 3;

// The first record is the header: no record has the address 0, and a header word of the heap's user is in it.
const LOCK = 0;
const TOP = 1;
const FREE = 2;
const USER = 8;

const UNLOCKED = 0;
const LOCKED = 1;
const AWAITED = 2;
const SPINS = 100;

/**
 * A record is named by its address, the number of its first word. Its fields are words of `words` from there on, or
 * doubles of `numbers` and `bigs` from half of it on. Threads share one by attaching to its buffer.
 */
export class Memory {
  static #bytes(capacity) {
    return capacity * (WORDS + 1) * Int32Array.BYTES_PER_ELEMENT;
  }

  /** A buffer with room for so many records. */
  static buffer(records) {
    const capacity = 2 ** Math.ceil(Math.log2(records + 1));
    return new SharedArrayBuffer(Memory.#bytes(capacity));
  }

  #growing;
  #capacity;

  /** Memory that grows must not be shared, since others would stay with the buffer that was outgrown. */
  constructor(buffer, { growing = false } = {}) {
    this.#growing = growing;
    this.#attach(buffer);
  }

  #attach(buffer) {
    this.words = new Int32Array(buffer);
    this.numbers = new Float64Array(buffer);
    this.bigs = new BigUint64Array(buffer);
    this.#capacity = this.words.length / (WORDS + 1);
    Atomics.compareExchange(this.words, TOP, 0, WORDS);
  }

  /** Where the heap's user keeps words of its own, up to the end of the header. */
  get header() {
    return USER;
  }

  lock() {
    for (let spins = 0; spins < SPINS; spins++) {
      if (Atomics.compareExchange(this.words, LOCK, UNLOCKED, LOCKED) === UNLOCKED) return;
    }
    while (Atomics.exchange(this.words, LOCK, AWAITED) !== UNLOCKED) Atomics.wait(this.words, LOCK, AWAITED);
  }

  unlock() {
    if (Atomics.exchange(this.words, LOCK, UNLOCKED) === AWAITED) Atomics.notify(this.words, LOCK, 1);
  }

  /** A new record with that key, all else of it 0. */
  allocate(key, subkey) {
    let record = this.words[FREE];
    if (record !== 0) {
      this.words[FREE] = this.words[record + IN_BUCKET];
    } else {
      if (this.words[TOP] === this.#capacity * WORDS) this.#grow();
      record = this.words[TOP];
      this.words[TOP] += WORDS;
    }
    this.numbers[(record >> 1) + KEY] = key;
    this.words[record + SUBKEY] = subkey;
    this.#enter(record);
    return record;
  }

  free(record) {
    let place = this.#bucket(this.key(record), this.subkey(record));
    while (this.words[place] !== record) place = this.words[place] + IN_BUCKET;
    this.words[place] = this.words[record + IN_BUCKET];
    this.words.fill(0, record, record + WORDS);
    this.words[record + IN_BUCKET] = this.words[FREE];
    this.words[FREE] = record;
  }

  /** The record with that key, or 0. */
  find(key, subkey) {
    let record = this.words[this.#bucket(key, subkey)];
    while (record !== 0 && (this.key(record) !== key || this.subkey(record) !== subkey)) {
      record = this.words[record + IN_BUCKET];
    }
    return record;
  }

  key(record) {
    return this.numbers[(record >> 1) + KEY];
  }

  subkey(record) {
    return this.words[record + SUBKEY];
  }

  /** Puts a record into the list whose first is named by the word `head`, by its links at `links`. */
  push(head, record, links) {
    const first = this.words[head];
    this.words[record + links + NEXT] = first;
    this.words[record + links + BEFORE] = 0;
    if (first !== 0) this.words[first + links + BEFORE] = record;
    this.words[head] = record;
  }

  remove(head, record, links) {
    const next = this.words[record + links + NEXT];
    const before = this.words[record + links + BEFORE];
    if (next !== 0) this.words[next + links + BEFORE] = before;
    if (before !== 0) this.words[before + links + NEXT] = next;
    else this.words[head] = next;
  }

  /** The records of a list. The one at hand may leave it. */
  *list(head, links) {
    for (let record = this.words[head], next; record !== 0; record = next) {
      next = this.words[record + links + NEXT];
      yield record;
    }
  }

  #bucket(key, subkey) {
    const hash = Math.imul(key, 0x9e3779b1) ^ Math.imul(subkey, 0x85ebca6b);
    return this.#capacity * WORDS + ((hash ^ (hash >>> 15)) & (this.#capacity - 1));
  }

  #enter(record) {
    const bucket = this.#bucket(this.key(record), this.subkey(record));
    this.words[record + IN_BUCKET] = this.words[bucket];
    this.words[bucket] = record;
  }

  #grow() {
    if (!this.#growing) throw new RangeError('the shared memory is full');
    const records = this.words.subarray(0, this.words[TOP]);
    this.#attach(new SharedArrayBuffer(Memory.#bytes(this.#capacity * 2)));
    this.words.set(records);
    // None is free: the heap grows only then.
    for (let record = WORDS; record < this.words[TOP]; record += WORDS) this.#enter(record);
  }
}
