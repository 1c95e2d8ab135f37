// Over-provisioning.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { promisable, promisableMemory } from './overcommit.ts';

it('promises the physical size times the factor', () => {
  expect(promisable(8000, 1.5)).toBe(12_000);
  expect(promisable(10, 1.1)).toBe(11);
  expect(promisable(7, 1.1)).toBe(7);
  expect(promisable(2399.9, 2)).toBe(4798);
});

it('keeps memory for the host itself', () => {
  expect(promisableMemory(65_536, 1024, 1)).toBe(64_512);
  expect(promisableMemory(65_536, 1024, 2)).toBe(129_024);
  expect(promisableMemory(512, 1024, 2)).toBe(0);
});

it('never promises more than the factor allows', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.integer({ min: 100, max: 10_000 }), (total, percent) => {
      const promised = promisable(total, percent / 100);
      expect(Number.isInteger(promised)).toBe(true);
      expect(BigInt(promised) * 100n <= BigInt(total) * BigInt(percent)).toBe(true);
      expect(BigInt(promised + 1) * 100n > BigInt(total) * BigInt(percent)).toBe(true);
    }),
  );
});
