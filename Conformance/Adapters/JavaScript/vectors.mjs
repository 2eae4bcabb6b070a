// The vectors of a folder, on the system of events.mjs.

import { readFileSync } from 'node:fs';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { MISTAKES } from './events.mjs';
import { run } from './rounds.mjs';
import { Session } from './session.mjs';

// What JSON.parse would round is a string of its digits instead, as a session answers it.
const quoted = (all, digits) => (Number.isSafeInteger(Number(digits)) ? all : `"answer":"${digits}"`);

function told(names, { op, event }, answer) {
  if (op === 'Open' && typeof answer === 'number') return (names[answer] ??= event) === event ? 'handle' : answer;
  if (answer?.owner === undefined) return answer;
  const owner = names[answer.owner] ?? `handle ${answer.owner}`;
  return answer.copy === undefined ? { owner } : { owner, copy: answer.copy };
}

function sequential({ declaration, steps }, mistake) {
  const [session, names] = [new Session(declaration, { mistake }), {}];
  for (const [place, { call, answer, times = 1 }] of steps.entries()) {
    let seen = answer;
    for (let n = times; n > 0 && isDeepStrictEqual(seen, answer); n--) seen = told(names, call, session.perform(call));
    if (!isDeepStrictEqual(seen, answer)) return [`step ${place + 1}, ${JSON.stringify(call)}`, answer, seen];
  }
}

async function concurrent({ declaration, setup, threads, after, outcomes }, mistake) {
  const all = (key) => setup.flatMap(({ times = 1, ...step }) => Array(times).fill(step[key]));
  const { rounds } = await run({ declaration, setup: all('call'), threads, after, rounds: 50 }, mistake);
  for (const [place, round] of rounds.entries()) {
    const [names, rows] = [{}, round.threads.map((row) => row.map(([, , answer]) => answer))];
    const tell = (list, answers) => list.map((call, at) => told(names, call, answers[at]));
    const [before, expected] = [tell(all('call'), round.setup), all('answer')];
    threads.forEach((list, at) => tell(list, rows[at])); // an owner may have been seen before its Open returned
    const seen = { threads: threads.map((list, at) => tell(list, rows[at])), after: tell(after, round.after) };
    if (!isDeepStrictEqual(before, expected)) return [`setup of round ${place + 1}`, expected, before];
    if (!outcomes.some((outcome) => isDeepStrictEqual(outcome, seen))) return [`round ${place + 1}`, outcomes, seen];
  }
}

try {
  const { values, positionals } = parseArgs({ options: { mistake: { type: 'string' } }, allowPositionals: true });
  const allowed = positionals.length === 1 && [...MISTAKES, undefined].includes(values.mistake);
  if (!allowed) throw new RangeError(`arguments are FOLDER [--mistake ${MISTAKES.join(' | ')}]`);
  const counts = { passed: 0, failed: 0 };
  for (const check of [sequential, concurrent]) {
    const text = readFileSync(`${positionals[0]}/${check.name}.json`, 'utf8').replace(/"answer":(\d{16,})/g, quoted);
    for (const vector of JSON.parse(text).vectors) {
      const failure = await check(vector, values.mistake);
      counts[failure ? 'failed' : 'passed'] += 1;
      if (failure) console.log('%s: %s: %s: expected %j, seen %j', vector.id, vector.title, ...failure);
    }
  }
  console.log(`${counts.passed} vectors passed, ${counts.failed} failed`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
} catch ({ message }) {
  console.error(`vectors.mjs: ${message}`);
  process.exitCode = 2;
}
