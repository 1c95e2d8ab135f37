// Lifecycles: what tables allow and how they refuse.
import { describe, expect, it } from 'vitest';
import { actions, lifecycle } from './lifecycle.ts';

const door = lifecycle('door', {
  Open: { closeRequested: 'Closed' },
  Closed: { openRequested: 'Open', lockRequested: 'Locked' },
  Locked: { unlockRequested: 'Closed' },
});

describe('lifecycle', () => {
  it('knows its states, events and transitions', () => {
    expect(door.states).toEqual(['Open', 'Closed', 'Locked']);
    expect(door.events).toEqual(['closeRequested', 'openRequested', 'lockRequested', 'unlockRequested']);
    expect(door.next('Closed', 'lockRequested')).toBe('Locked');
    expect(door.next('Open', 'lockRequested')).toBeUndefined();
    expect(door.from('openRequested')).toEqual(['Closed']);
  });

  it('refuses with the states that would allow it', () => {
    expect(() => door.assertCan('Closed', 'openRequested')).not.toThrow();
    expect(() => door.assertCan('Locked', 'openRequested')).toThrow('the door is Locked; this is possible only while it is Closed');
  });

  it('names the object and what comes first when it is told', () => {
    expect(() => door.assertCan('Open', 'lockRequested', { name: 'front', remedy: 'close it first' })).toThrow(
      'door front is Open; this is possible only while it is Closed: close it first',
    );
  });

  it('does not mistake inherited property names for events', () => {
    expect(door.can('Open', 'toString' as 'openRequested')).toBe(false);
    expect(door.can('constructor' as 'Open', 'name' as 'openRequested')).toBe(false);
  });

  it('says why an action is not possible', () => {
    const can = actions(door, { open: 'openRequested' });
    expect(can.open('Closed')).toEqual({ possible: true });
    expect(can.open('Locked')).toEqual({ possible: false, reason: 'open is possible only while the state is Closed, not Locked' });
  });
});
