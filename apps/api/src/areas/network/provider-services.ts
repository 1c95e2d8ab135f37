// Which services of a provider are switched on, and who uses them.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { OfferedService } from '../offering/network-offering.entity.ts';
import type { ServiceProvider } from './network-services.ts';

/** The services to switch on: all when none are named. Comma-separated, as stored. @throws invalid */
export function chosenServices(provider: ServiceProvider, names: readonly string[] | undefined): string {
  const possible = Object.keys(provider.services);
  if (!names) return possible.join(',');
  const chosen = names.map((name) => {
    const service = possible.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    if (!service) throw problem('invalid', `servicelist: ${provider.name} does not provide "${name}", only ${possible.join(', ')}`);
    return service;
  });
  const missing = possible.filter((name) => !chosen.includes(name));
  if (missing.length > 0 && !provider.selectable)
    throw problem('invalid', `servicelist: ${provider.name} provides all its services or none: add ${missing.join(', ')}`);
  return chosen.join(',');
}

/**
 * Holds the zone, under whose lock networks are added.
 * @throws inUse naming the networks of the physical network that this provider serves
 */
export async function refuseWhileProviding(
  tx: EntityManager,
  provider: { readonly name: string; readonly physicalNetworkId: number },
): Promise<void> {
  await tx.query('SELECT p.id FROM zone z JOIN physical_network p ON p.zone_id = z.id WHERE p.id = ? FOR UPDATE', [
    provider.physicalNetworkId,
  ]);
  const networks = await tx.query<{ name: string; services: string }[]>(
    'SELECT n.name, o.services FROM network n JOIN network_offering o ON o.id = n.network_offering_id WHERE n.physical_network_id = ? AND NOT n.is_system',
    [provider.physicalNetworkId],
  );
  const served = networks.filter(({ services }) =>
    (JSON.parse(services) as OfferedService[]).some(({ providers }) => providers.includes(provider.name)),
  );
  if (served.length > 0)
    throw problem(
      'inUse',
      `provider ${provider.name} still serves ${served.length} ${served.length === 1 ? 'network' : 'networks'} (${served
        .map(({ name }) => name)
        .slice(0, 3)
        .join(
          ', ',
        )}): delete ${served.length === 1 ? 'it' : 'them'} first; to keep new machines away, send updateZone allocationstate=Disabled`,
    );
}
