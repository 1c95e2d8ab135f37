// Whether the lab of an installation runs.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A running lab writes down whose it is in /run, which a reboot empties. */
export function labRuns(place) {
  return readdirSync('/run')
    .filter((name) => name.startsWith('strata-lab-'))
    .some((name) => readFileSync(join('/run', name), 'utf8').trim() === join(place.folder, 'lab'));
}
