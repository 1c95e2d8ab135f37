// `./strata verify`: prints where database, hosts and storage disagree. It changes nothing; exit code 1 when they do.
import { differenceLines, differenceSum, type ToldDifference } from './tables.ts';
import { readOptions, type Installation } from './terms.ts';

const timeoutMs = 600_000;

export async function verify(words: string[], { client }: Installation): Promise<number> {
  const values = readOptions(words, { json: { type: 'boolean' } });
  const { difference = [] } = (await client.call('verifyInventory', {}, timeoutMs)) as { difference?: ToldDifference[] };
  if (values.json) console.log(JSON.stringify(difference, null, 2));
  else for (const line of differenceLines(difference)) console.log(line);
  if (!values.json) console.log(differenceSum(difference));
  return difference.length === 0 ? 0 : 1;
}
