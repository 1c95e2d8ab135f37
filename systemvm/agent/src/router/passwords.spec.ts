// A guest gets its password until it confirms it, or for a minute after it has got it.
import type { IncomingMessage } from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RouterGuest } from '@strata/domain';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GuestStore } from './guest-store.ts';
import { Passwords } from './passwords.ts';

const guest = { mac: '06:00:00:00:01:00', ip: '10.1.0.9', userDataRevision: null } as RouterGuest;
let folder: string;
let store: GuestStore;
let passwords: Passwords;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strata-passwords-'));
  store = new GuestStore(folder);
  await store.load();
  passwords = new Passwords(store, () => undefined);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  passwords.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** With the whole answer sent. */
async function ask(): Promise<string> {
  const { body, sent } = await passwords.answer(guest, { headers: { domu_request: 'send_my_password' } } as unknown as IncomingMessage);
  sent?.();
  return body.toString();
}

it('ends a minute after it was given, each password for itself', async () => {
  await store.putPassword(guest.mac, 'r1', 'First-1');
  expect(await ask()).toBe('First-1');
  vi.advanceTimersByTime(40_000);
  expect(await ask()).toBe('First-1');
  await store.putPassword(guest.mac, 'r2', 'Second-2');
  expect(await ask()).toBe('Second-2');
  vi.advanceTimersByTime(59_000);
  expect(await ask()).toBe('Second-2');
  vi.advanceTimersByTime(1_000);
  expect(await ask()).toBe('saved_password');
  vi.useRealTimers();
  await vi.waitFor(() => expect(readFileSync(join(folder, 'passwords', '06-00-00-00-01-00'), 'utf8')).not.toContain('Second-2'));
});
