// Names of guests' interfaces on hosts: short, unique, readable both ways.
import { expect, it } from 'vitest';
import { guestTapName, guestTapPrefix, guestTapPrefixOf, vmIdOfTap } from './guest-tap.ts';

it.each([
  [0, 0],
  [1, 0],
  [35, 7],
  [36, 0],
  [2 ** 40, 11],
])('names card %#: machine %d, card %d', (vmId, deviceId) => {
  const name = guestTapName(vmId, deviceId);
  expect(name.length).toBeLessThanOrEqual(15);
  expect(name.startsWith(guestTapPrefix)).toBe(true);
  expect(name.startsWith(guestTapPrefixOf(vmId))).toBe(true);
  expect(vmIdOfTap(name)).toBe(vmId);
});

it('gives no machine the beginning of another one', () => {
  expect(guestTapName(11, 0).startsWith(guestTapPrefixOf(1))).toBe(false);
  expect(guestTapName(1, 10).startsWith(guestTapPrefixOf(11))).toBe(false);
});

it('knows what is no guest', () => {
  for (const name of ['vnet0', 'eth0', 'sgt', 'sgt-1', 'sgtA-0', 'tap1-0']) expect(vmIdOfTap(name)).toBeUndefined();
});

it('refuses numbers that no card has', () => {
  for (const [vmId, deviceId] of [
    [-1, 0],
    [1.5, 0],
    [1, -1],
    [Number.MAX_SAFE_INTEGER, 0],
  ] as const)
    expect(() => guestTapName(vmId, deviceId)).toThrow();
});
