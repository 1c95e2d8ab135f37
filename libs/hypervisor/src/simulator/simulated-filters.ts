// Filters of guests' cards on simulated hosts: remembered, not enforced.
import { DriverError } from '../driver-error.ts';
import type { FilterDriver } from '../driver.ts';
import { guestFilterDigest } from '../guest-filter-digest.ts';
import { checkBridge, checkMac, checkTap, checkTapPrefix } from '../kvm/host-strings.ts';
import type { BridgePort, GuestFilterReport, GuestFilterSpec, HostAddress } from '../specs.ts';
import { bridgesOf } from './host-facts.ts';
import type { SimulatedFleet } from './simulated-fleet.ts';
import type { SimulatedSession } from './simulated-session.ts';

export class SimulatedFilters implements FilterDriver {
  readonly #fleet: SimulatedFleet;
  readonly #session: SimulatedSession;

  constructor(session: SimulatedSession) {
    this.#fleet = session.fleet;
    this.#session = session;
  }

  async apply(at: HostAddress, filters: readonly GuestFilterSpec[]): Promise<void> {
    for (const { tap, bridge, mac } of filters) {
      checkTap(tap);
      checkBridge(bridge);
      checkMac(mac);
    }
    await this.#session.call(at, 'filters.apply', (host) => {
      for (const { bridge } of filters)
        if (!bridgesOf(host).some(({ name }) => name === bridge))
          throw new DriverError('missing', `${host.address} has no bridge ${bridge}`);
      for (const filter of filters) {
        const digest = guestFilterDigest(filter);
        if (host.filters?.get(filter.tap) !== digest) this.#fleet.change({ do: 'filter', host: host.address, tap: filter.tap, digest });
      }
    });
  }

  async remove(at: HostAddress, tapPrefix: string): Promise<void> {
    checkTapPrefix(tapPrefix);
    await this.#session.call(at, 'filters.remove', (host) => {
      const isLoaded = [...(host.filters?.keys() ?? [])].some((tap) => tap.startsWith(tapPrefix));
      if (isLoaded) this.#fleet.change({ do: 'removeFilters', host: host.address, prefix: tapPrefix });
    });
  }

  async list(at: HostAddress): Promise<GuestFilterReport[]> {
    return this.#session.call(at, 'filters.list', (host) => [...(host.filters ?? [])].map(([tap, digest]) => ({ tap, digest })));
  }

  async listPorts(at: HostAddress): Promise<BridgePort[]> {
    return this.#session.call(at, 'filters.listPorts', (host) =>
      [...(host.machines?.values() ?? [])].flatMap((machine) =>
        machine.power === 'stopped' ? [] : machine.taps.map(([port, bridge]) => ({ bridge, port })),
      ),
    );
  }
}
