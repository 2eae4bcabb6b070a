// An adapter to be written: it speaks the wire of SPEC.md's annex, and skips every operation. IMPLEMENTING.md has the order to write them in.

import { createInterface } from 'node:readline';

const WELCOME = {
  protocol: 1,
  name: 'mine',
  language: 'JavaScript',
  dialects: ['Patch2011', 'Amended', 'Linux613'], // those you offer
  profiles: ['core'], // and inheritance; concurrency needs worker threads, a SharedArrayBuffer, and the method run
  threads: 1,
};

/** A system, and the handles that the suite's names stand for. */
class Session {
  constructor(declaration) {
    this.declaration = declaration;
    this.handles = new Map(); // a name that is not in it stands for a handle that was never issued
  }

  /** Answers 'ok', a number, a word, an error such as 'EBADF', or { owner: handle }. */
  perform(operation) {
    return { skipped: `${operation.op} is not written yet` };
  }
}

let session;

function respond({ method, params }) {
  switch (method) {
    case 'hello':
      return params.protocol === WELCOME.protocol ? { result: WELCOME } : { error: { code: -32000, message: 'this adapter speaks protocol 1' } };
    case 'reset':
      session = new Session(params);
      return { result: {} };
    case 'apply':
      return { result: { answers: params.operations.map((operation) => session.perform(operation)) } };
    default:
      return { error: { code: -32601, message: `there is no method ${method}` } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: request.id, ...respond(request) })}\n`);
}
