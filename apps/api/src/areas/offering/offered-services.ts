// The services of a network offering as parameters give them: names, providers, capabilities.
import { problem } from '@strata/domain';
import { findProvider, serviceNames } from '../network/network-services.ts';
import type { OfferedService } from './network-offering.entity.ts';

export interface ServiceParameters {
  readonly supportedservices?: readonly string[] | undefined;
  /** Rows of service and provider. */
  readonly serviceproviderlist?: readonly Readonly<Record<string, string>>[] | undefined;
  /** Rows of service, capabilitytype and capabilityvalue. */
  readonly servicecapabilitylist?: readonly Readonly<Record<string, string>>[] | undefined;
}

/** @throws invalid for unknown services, providers and capabilities, and for services that nobody provides */
export function parseServices(args: ServiceParameters): OfferedService[] {
  const services = [...new Set((args.supportedservices ?? []).map((name) => knownService(name, 'supportedservices')))];
  const providers = new Map<string, string[]>(services.map((name) => [name, []]));
  for (const row of args.serviceproviderlist ?? []) {
    const service = knownService(row['service'] ?? '', 'serviceproviderlist');
    const chosen = providers.get(service);
    if (!chosen)
      throw problem('invalid', `serviceproviderlist names a provider for ${service}, which supportedservices does not hold: add it there`);
    chosen.push(knownProvider(row['provider'] ?? '', service));
  }
  return services.map((name) => {
    const chosen = providers.get(name)!;
    if (chosen.length === 0 && name !== 'Connectivity')
      throw problem('invalid', `service ${name} has no provider: add it to serviceproviderlist`);
    const capabilities = capabilitiesOf(name, chosen[0], args.servicecapabilitylist ?? []);
    return { name, providers: chosen, ...(Object.keys(capabilities).length > 0 && { capabilities }) };
  });
}

function knownService(name: string, parameter: string): string {
  const service = serviceNames.find((candidate) => candidate.toLowerCase() === name.trim().toLowerCase());
  if (!service) throw problem('invalid', `${parameter}: "${name}" is no network service: ${serviceNames.join(', ')} are`);
  return service;
}

function knownProvider(name: string, service: string): string {
  const provider = findProvider(name.trim());
  if (!provider) throw problem('invalid', `serviceproviderlist: "${name}" is no provider: listSupportedNetworkServices names them`);
  if (!provider.services[service])
    throw problem(
      'invalid',
      `serviceproviderlist: ${provider.name} does not provide ${service}, only ${Object.keys(provider.services).join(', ')}`,
    );
  return provider.name;
}

function capabilitiesOf(
  service: string,
  provider: string | undefined,
  rows: readonly Readonly<Record<string, string>>[],
): Record<string, string> {
  const possible = (provider ? findProvider(provider)?.services[service] : undefined) ?? [];
  const chosen: Record<string, string> = {};
  for (const row of rows.filter((candidate) => candidate['service']?.toLowerCase() === service.toLowerCase())) {
    const capability = possible.find(
      ({ name, chosen: choosable }) => choosable && name.toLowerCase() === row['capabilitytype']?.toLowerCase(),
    );
    if (!capability)
      throw problem('invalid', `servicecapabilitylist: ${service} has no capability "${row['capabilitytype'] ?? ''}" to choose`);
    chosen[capability.name] = row['capabilityvalue'] ?? '';
  }
  return chosen;
}
