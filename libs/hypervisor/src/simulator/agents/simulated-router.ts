// The agent of a simulated virtual router: holds what it is told of its guests until it is booted anew.
import { createHash } from 'node:crypto';
import type { RouterGuest } from '@strata/domain';
import { DriverError } from '../../driver-error.ts';
import type { AgentHandlers, SimulatedAgentKind } from './simulated-agent.ts';

interface Held {
  guest?: RouterGuest;
  userData: Map<string, Buffer>;
  password?: { revision: string; isTaken: boolean };
}

export const simulatedRouter: SimulatedAgentKind = (): AgentHandlers => {
  const cards = new Map<string, Held>();
  const of = (mac: string): Held => {
    const held = cards.get(mac) ?? { userData: new Map<string, Buffer>() };
    cards.set(mac, held);
    return held;
  };
  return {
    'router.put-guests': ({ guests }) => {
      const bare = guests.find(({ mac, userDataRevision }) => userDataRevision !== null && !cards.get(mac)?.userData.has(userDataRevision));
      if (bare) throw new DriverError('missing', `there is no user data ${bare.userDataRevision} for ${bare.mac}: send it first`);
      for (const guest of guests) {
        for (const [mac, { guest: other }] of cards) if (other?.ip === guest.ip && mac !== guest.mac) cards.delete(mac);
        of(guest.mac).guest = guest;
      }
      return {};
    },
    'router.put-user-data': ({ mac, revision, base64, sha256 }) => {
      const bytes = Buffer.from(base64, 'base64');
      if (createHash('sha256').update(bytes).digest('hex') !== sha256)
        throw new DriverError('refused', 'the user data is not that of its checksum');
      of(mac).userData.set(revision, bytes);
      return {};
    },
    'router.put-password': ({ mac, revision }) => {
      const held = of(mac);
      if (held.password?.revision !== revision) held.password = { revision, isTaken: false };
      return {};
    },
    'router.remove-guests': ({ macs }) => {
      for (const mac of macs) cards.delete(mac);
      return {};
    },
    'router.list-guests': () => ({
      guests: [...cards].map(([mac, { guest, password }]) => ({
        mac,
        digest: guest?.digest ?? null,
        userDataRevision: guest?.userDataRevision ?? null,
        password: password ?? null,
      })),
    }),
  };
};
