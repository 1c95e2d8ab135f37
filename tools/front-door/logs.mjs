// `./strata logs [-f] [--before N]`: the management server's log in readable lines. -f goes on with what is written, also across a restart;
// --before 1 shows the start before the present one, and so on.
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { installationAt, main, readOptions, Refusal } from './installation.mjs';
import { readable } from './log-lines.mjs';

const CHUNK = 256 * 1024;

await main(async () => {
  const given = readOptions({ follow: { type: 'boolean', short: 'f' }, before: { type: 'string', default: '0' } });
  if (!/^\d$/.test(given.before)) throw new Refusal(`--before takes the number of starts to go back, not "${given.before}"`);
  const place = installationAt(given.data);
  const kept = keptStarts(place);
  const log = given.before === '0' ? place.log : `${place.log}.${given.before}`;
  if (!existsSync(log)) throw new Refusal(`there is no log at ${log}${kept > 0 ? `: ${kept} earlier starts are kept` : ''}`);
  process.stdout.on('error', () => process.exit(0));
  let inode = 0;
  let offset = 0;
  let rest = '';
  do {
    const now = statSync(log, { throwIfNoEntry: false });
    if (now && (now.ino !== inode || now.size < offset)) [inode, offset, rest] = [now.ino, 0, ''];
    while (now && offset < now.size) {
      const bytes = readAt(log, offset);
      offset += bytes.length;
      const lines = (rest + bytes.toString('utf8')).split('\n');
      rest = lines.pop();
      for (const line of lines) console.log(readable(line));
    }
    if (given.follow) await sleep(300);
  } while (given.follow);
  if (rest) console.log(readable(rest));
  if (given.before === '0' && kept > 0)
    console.error(`(since the last start; --before 1${kept > 1 ? ` to --before ${kept}` : ''} shows earlier ones, kept as ${place.log}.N)`);
});

function keptStarts({ log }) {
  let kept = 0;
  while (existsSync(`${log}.${kept + 1}`)) kept += 1;
  return kept;
}

/** Whole lines from `offset`, so that no character is cut in two; a line longer than a chunk comes in pieces. */
function readAt(file, offset) {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(CHUNK);
    const bytes = buffer.subarray(0, readSync(descriptor, buffer, 0, CHUNK, offset));
    const end = bytes.lastIndexOf(10) + 1;
    return end > 0 ? bytes.subarray(0, end) : bytes;
  } finally {
    closeSync(descriptor);
  }
}
