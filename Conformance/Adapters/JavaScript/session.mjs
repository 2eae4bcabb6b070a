// The operations of the wire: a system, and the names that the suite gives to its handles.

import { Events, Refusal } from './events.mjs';

const NEVER_ISSUED = -1;

const ok = () => 'ok';
const number = (value) => (value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value));
const delivered = (overflows) => overflows ?? 'ignored';
const owner = (found) => (found ? { owner: found.handle, copy: found.copy } : 'none');

/** How an operation is called, whose names are handles by now, and answered. */
const OPERATIONS = {
  Open: (events, attributes) => number(events.open(attributes)),
  Close: (events, { event }) => ok(events.close(event)),
  SetStarter: (events, { trigger, target }) => ok(events.setStarter(trigger, target)),
  SetStopper: (events, { trigger, target }) => ok(events.setStopper(trigger, target)),
  Enable: (events, { event }) => ok(events.enable(event)),
  Disable: (events, { event }) => ok(events.disable(event)),
  ScheduleIn: (events, { event, copy }) => ok(events.scheduleIn(event, copy)),
  ScheduleOut: (events, { event, copy }) => ok(events.scheduleOut(event, copy)),
  Throttle: (events, { event, copy }) => ok(events.throttle(event, copy)),
  Unthrottle: (events, { event, copy }) => ok(events.unthrottle(event, copy)),
  Tick: (events, { event, copy, amount }) => delivered(events.tick(event, amount, copy)),
  Overflow: (events, { event, copy }) => delivered(events.overflow(event, copy)),
  Count: (events, { event, copy }) => number(events.count(event, copy)),
  Samples: (events, { event, copy }) => number(events.samples(event, copy)),
  State: (events, { event, copy }) => events.state(event, copy),
  Paused: (events, { event, copy }) => (events.paused(event, copy) ? 'paused' : 'open'),
  StarterOf: (events, { event, copy }) => owner(events.starterOf(event, copy)),
  StopperOf: (events, { event, copy }) => owner(events.stopperOf(event, copy)),
  Fork: (events, { task, child }) => ok(events.fork(task, child)),
  Exit: (events, { task }) => ok(events.exit(task)),
  TotalCount: (events, { event }) => number(events.totalCount(event)),
};

/** A system, and the names that the suite has given to its handles: a Map, or what all threads of a round share. */
export class Session {
  constructor(declaration, options, names = new Map()) {
    this.events = new Events(declaration, options);
    this.names = names;
  }

  perform(operation) {
    const call = OPERATIONS[operation.op];
    if (!call) return { skipped: `there is no operation ${operation.op}` };
    const resolved = { ...operation };
    for (const key of ['event', 'trigger', 'target', 'leader']) {
      if (key in resolved) resolved[key] = this.names.get(resolved[key]) ?? NEVER_ISSUED;
    }
    try {
      const answer = call(this.events, resolved);
      if (operation.op === 'Open') this.names.set(operation.event, answer);
      return answer;
    } catch (error) {
      return error instanceof Refusal ? error.message : { errored: String(error) };
    }
  }

  apply(operations) {
    return operations.map((operation) => this.perform(operation));
  }
}
