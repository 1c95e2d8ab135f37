// What virsh says of a machine that moves, as printed by libvirt 9.
import { describe, expect, it } from 'vitest';
import { parseSight } from './machine-place.ts';

describe('parseSight', () => {
  it.each([
    ['running (booted)\nNone\n', { power: 'running', isHalted: false, isMoving: false }],
    ['running (migrated)\nNone', { power: 'running', isHalted: false, isMoving: false }],
    ['running (booted)\nUnbounded   \n', { power: 'running', isHalted: false, isMoving: true }],
    ['paused (migrating)\nUnbounded\n', { power: 'paused', isHalted: true, isMoving: true }],
    ['paused (migrating)\n', { power: 'paused', isHalted: true, isMoving: false }],
    ['paused (user)\nNone\n', { power: 'paused', isHalted: false, isMoving: false }],
    ['shut off (migrated)\nNone\n', { power: 'absent', isHalted: false, isMoving: false }],
  ])('%j', (output, sight) => {
    expect(parseSight(output)).toEqual(sight);
  });
});
