// The wire of SPEC.md's annex over stdin and stdout, in front of the system of events.mjs.

import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { DIALECTS, MISTAKES } from './events.mjs';
import { run } from './rounds.mjs';
import { Session } from './session.mjs';

const WELCOME = {
  protocol: 1,
  name: 'events.mjs',
  language: 'JavaScript',
  dialects: DIALECTS,
  profiles: ['core', 'inheritance', 'concurrency'],
  threads: 8,
};

class WireError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

async function main() {
  const { mistake } = parseArgs({ options: { mistake: { type: 'string' } } }).values;
  if (mistake !== undefined && !MISTAKES.includes(mistake)) throw new RangeError(`--mistake is ${MISTAKES.join(' or ')}`);
  let session;

  const respond = ({ method, params }) => {
    switch (method) {
      case 'hello':
        if (params.protocol !== WELCOME.protocol) throw new WireError(-32000, 'this adapter speaks protocol 1');
        return WELCOME;
      case 'reset':
        session = new Session(params, { mistake });
        return {};
      case 'apply':
        if (!session) throw new WireError(-32601, 'apply comes after reset');
        return { answers: session.apply(params.operations) };
      case 'run':
        return run(params, mistake);
      default:
        throw new WireError(-32601, `there is no method ${method}`);
    }
  };

  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const response = { jsonrpc: '2.0', id: null };
    try {
      const request = JSON.parse(line);
      response.id = request.id;
      response.result = await respond(request);
    } catch (error) {
      // Whatever the params lack shows itself in what cannot be done with them.
      const code = error instanceof SyntaxError ? -32700 : -32602;
      response.error = { code: error instanceof WireError ? error.code : code, message: error.message };
    }
    process.stdout.write(`${JSON.stringify(response)}\n`);
  }
}

await main();
