// createNetworkOffering
import { parseDisplayName, parseTags, problem } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { Domain } from '../account/domain.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { availabilities, NetworkOffering } from './network-offering.entity.ts';
import { networkOfferingSource, networkOfferingView } from './network-offering.view.ts';
import { parseServices } from './offered-services.ts';
import { onlyOne, within } from './offering-parameters.ts';
import { ServiceOffering } from './service-offering.entity.ts';

export const createNetworkOffering = command({
  name: 'createNetworkOffering',
  about: 'Creates a network offering, disabled at first: which services networks have and who provides them.',
  roles: adminRoles,
  event: 'NETWORK.OFFERING.CREATE',
  since: '1.0',
  params: {
    name: param.string({ required: true, about: 'its name' }),
    displaytext: param.string({ about: 'its description; the name when absent' }),
    guestiptype: param.enum(['Shared', 'Isolated', 'L2'], {
      required: true,
      about: 'Shared: one network for many accounts; Isolated: one per account; L2: no services',
    }),
    traffictype: param.enum(['Guest'], { required: true, about: 'what its networks carry' }),
    supportedservices: param.strings({ about: 'the services, comma-separated' }),
    serviceproviderlist: param.rows({
      about: 'who provides each service: serviceproviderlist[0].service=Dhcp and serviceproviderlist[0].provider=VirtualRouter',
    }),
    servicecapabilitylist: param.rows({ about: 'what each service shall be able to do: rows of service, capabilitytype, capabilityvalue' }),
    specifyvlan: param.boolean({ about: 'the VLAN is given by hand' }),
    specifyipranges: param.boolean({ about: 'address ranges are given by hand; always so for shared networks' }),
    conservemode: param.boolean({ about: 'services share public addresses' }),
    availability: param.enum(availabilities, { about: 'Required: every account has such a network; Optional when absent' }),
    ispersistent: param.boolean({ about: 'networks stay built without machines' }),
    forvpc: param.boolean({ about: 'for tiers of VPCs' }),
    egressdefaultpolicy: param.boolean({ about: 'traffic to the outside is allowed unless a rule says otherwise' }),
    networkrate: param.integer({ about: 'Mbit/s; 0: unlimited' }),
    maxconnections: param.integer({ about: 'connections of its load balancers' }),
    serviceofferingid: param.ref(ServiceOffering, {
      access: 'use',
      about: 'the size of its virtual routers, an offering for system machines',
    }),
    tags: param.string({ maxLength: 4096, about: 'tags that physical networks must carry, comma-separated' }),
    enable: param.boolean({ about: 'enable it at once' }),
    domainid: param.refs(Domain, { access: 'use', about: 'only for this domain and those below it' }),
    zoneid: param.refs(Zone, { access: 'see', about: 'only in this zone' }),
  },
  returns: networkOfferingView,
  async execute(args, { tx, clock }) {
    const size = args.serviceofferingid;
    if (size && !size.isSystem)
      throw problem('invalid', `service offering ${size.name} is for users' machines: give one made with issystem=true`);
    if (args.guestiptype === 'Shared' && args.specifyipranges === false)
      throw problem('invalid', 'specifyipranges must be true for shared networks, whose ranges administrators give: leave it out');
    const services = parseServices(args);
    if (args.guestiptype === 'L2' && services.some(({ name }) => name !== 'UserData'))
      throw problem('invalid', 'L2 networks have no services but UserData: leave supportedservices out');
    const name = parseDisplayName(args.name, 'name');
    const offering = tx.create(NetworkOffering, {
      uuid: randomUUID(),
      name,
      displayText: args.displaytext ?? name,
      state: args.enable ? 'Enabled' : 'Disabled',
      trafficType: args.traffictype,
      guestType: args.guestiptype,
      availability: args.availability ?? 'Optional',
      services: JSON.stringify(services),
      isDefault: false,
      isSystem: false,
      specifyVlan: args.specifyvlan ?? false,
      specifyIpRanges: args.specifyipranges ?? args.guestiptype === 'Shared',
      conserveMode: args.conservemode ?? true,
      isPersistent: args.ispersistent ?? false,
      forVpc: args.forvpc ?? false,
      egressDefaultAllow: args.egressdefaultpolicy ?? true,
      networkRateMbit: within(args.networkrate, 'networkrate', 0, 1_000_000) ?? null,
      maxConnections: within(args.maxconnections, 'maxconnections', 1, 10_000_000) ?? null,
      serviceOfferingId: size?.id ?? null,
      tags: parseTags(args.tags, 'tags').join(','),
      domainId: onlyOne(args.domainid, 'domainid')?.id ?? null,
      zoneId: onlyOne(args.zoneid, 'zoneid')?.id ?? null,
      created: clock.now(),
    });
    await tx.insert(NetworkOffering, offering);
    return rowById(networkOfferingSource, tx, offering.id);
  },
});
