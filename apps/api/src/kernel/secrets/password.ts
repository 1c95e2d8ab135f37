// Passwords: hashed slowly, off the event loop, a few at a time.
import { argon2, type Argon2Parameters, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { problem } from '@strata/domain';

const argon2id = promisify((parameters: Argon2Parameters, done: (error: Error | null, key: Buffer) => void) =>
  argon2('argon2id', parameters, done),
);

interface Cost {
  /** In KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** What new hashes cost: OWASP's floor for argon2id. Stored ones carry their own cost. */
const newCost: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const tagLength = 32;
const saltBytes = 16;

/** Each running hash takes 19 MiB and one of libuv's four threads; files and DNS need the others. */
const maxRunning = 2;
const maxWaiting = 64;
let running = 0;
const waiting: (() => void)[] = [];

/** @throws throttled when too many are waiting already */
async function hashOf(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  if (running >= maxRunning) {
    if (waiting.length >= maxWaiting)
      throw problem('throttled', 'too many passwords are being checked right now: try again in a few seconds');
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running += 1;
  }
  try {
    return await argon2id({ message: digestOf(password), nonce: salt, tagLength, ...cost });
  } finally {
    // The slot goes straight to the next in line.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** Old clients send the MD5 of the password, current ones the password: both must meet the same hash (contract/protocol section 4). */
function digestOf(password: string): string {
  return /^[0-9a-f]{32}$/.test(password) ? password : createHash('md5').update(password, 'utf8').digest('hex');
}

/** @returns a PHC string: algorithm, version, cost, salt and hash */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  return phc(salt, await hashOf(password, salt, newCost));
}

function phc(salt: Buffer, hash: Buffer): string {
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${newCost.memory},t=${newCost.passes},p=${newCost.parallelism}$${text(salt)}$${text(hash)}`;
}

/**
 * Whether the password fits. Without a stored hash (no such user) it takes as long and answers no.
 * @throws throttled when too many are waiting already
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const match = phcPattern.exec(stored ?? noOne);
  if (!match) throw new Error('a stored password hash is damaged');
  const [, memory, passes, parallelism, salt, hash] = match;
  const expected = Buffer.from(hash!, 'base64');
  const actual = await hashOf(password, Buffer.from(salt!, 'base64'), {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  });
  return expected.length === actual.length && timingSafeEqual(expected, actual) && stored !== undefined;
}

const phcPattern = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const noOne = phc(randomBytes(saltBytes), randomBytes(tagLength));
