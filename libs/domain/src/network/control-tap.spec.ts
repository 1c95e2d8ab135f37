// Names of interfaces for system machines on the control network.
import { expect, it } from 'vitest';
import { controlTapName } from './control-tap.ts';
import { vmIdOfTap } from './guest-tap.ts';

it('names each card apart, within what Linux keeps, and never as a guest', () => {
  expect(controlTapName(71, 0)).toBe('sct1z-0');
  expect(new Set([controlTapName(1, 0), controlTapName(1, 1), controlTapName(11, 0)]).size).toBe(3);
  expect(controlTapName(36 ** 9 - 1, 9)).toHaveLength(14);
  expect(vmIdOfTap(controlTapName(71, 0))).toBeUndefined();
});

it.each([
  [-1, 0],
  [1.5, 0],
  [1, -1],
  [36 ** 10, 10],
])('has no name for card %2$j of machine %1$j', (systemVmId, deviceId) => {
  expect(() => controlTapName(systemVmId, deviceId)).toThrow('has no name');
});
