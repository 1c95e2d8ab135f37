// Uploads are taken once: also after the management server has settled one, and whichever agent is asked then.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TransferTarget } from '@strata/domain';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AddressPolicy } from './address-policy.ts';
import { Outbound } from './outbound.ts';
import { Transfers } from './transfers.ts';

const storeId = randomUUID();
const iso = (): Buffer => Buffer.concat([Buffer.alloc(32_769), Buffer.from('CD001'), randomBytes(1_000)]);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function agent(): Transfers {
  const stores = { mounted: [storeId], isMounted: () => true, folderOf: () => folder };
  return new Transfers(stores, new Outbound(new AddressPolicy([])), () => undefined);
}

function target(checksum = ''): TransferTarget {
  const id = randomUUID();
  return { id, store: storeId, path: `iso/${id}.iso`, format: 'iso', checksum, caps: { maxFileBytes: 100_000, maxVirtualBytes: 100_000 } };
}

async function send(transfers: Transfers, wanted: TransferTarget, bytes: Buffer): Promise<void> {
  await transfers.upload(wanted, bytes.length, (part) => writeFile(part.file, bytes));
}

/** As the management server does it. */
async function settle(transfers: Transfers, { id }: TransferTarget, state: string): Promise<void> {
  await vi.waitFor(async () => expect(await transfers.report()).toMatchObject([{ id, state }]));
  await transfers.forget(id, storeId);
}

describe('T12 an upload that was settled', () => {
  it('can not be replaced by another file', async () => {
    const [wanted, bytes, first] = [target(), iso(), agent()];
    await send(first, wanted, bytes);
    await settle(first, wanted, 'done');
    for (const asked of [first, agent()]) await expect(send(asked, wanted, iso())).rejects.toThrow('used already');
    expect(readFileSync(join(folder, wanted.path)).equals(bytes)).toBe(true);
  });

  it('can not be tried again after it failed', async () => {
    const [wanted, transfers] = [target(`{SHA-256}${'0'.repeat(64)}`), agent()];
    await send(transfers, wanted, iso());
    await settle(transfers, wanted, 'failed');
    await expect(send(transfers, wanted, iso())).rejects.toThrow('used already');
  });
});
