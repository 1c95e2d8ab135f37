// Fair slots: bounded, and accounts take turns.
import { expect, it } from 'vitest';
import { FairSlots } from './slots.ts';

it('lets no more in than there are slots', async () => {
  const slots = new FairSlots(2);
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      await slots.acquire(index % 3);
      most = Math.max(most, ++inside);
      await Promise.resolve();
      inside -= 1;
      slots.release();
    }),
  );
  expect(most).toBe(2);
});

it('P13 serves accounts in turn, however many jobs one has waiting', async () => {
  const slots = new FairSlots(1);
  await slots.acquire(0);
  const order: string[] = [];
  const waiting = [...Array.from({ length: 5 }, (_, n) => [1, `big ${n}`] as const), [2, 'small'] as const].map(async ([account, name]) => {
    await slots.acquire(account);
    order.push(name);
    slots.release();
  });
  slots.release();
  await Promise.all(waiting);
  expect(order).toEqual(['big 0', 'small', 'big 1', 'big 2', 'big 3', 'big 4']);
});
