// Puts the compiled agent and what it imports into one file: a hundred modules take Node several seconds where the processor is emulated.
// usage: bundle-agent.mjs TARGET
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const [target] = process.argv.slice(2);
const bundle = await rolldown({
  input: join(import.meta.dirname, '../agent/dist/main.js'),
  platform: 'node',
  // Optional native parts of ws, which does without them.
  external: ['bufferutil', 'utf-8-validate'],
  onLog(level, log) {
    if (level === 'warn') throw new Error(log.message);
  },
});
await bundle.write({ file: target, format: 'esm', codeSplitting: false });
await bundle.close();
