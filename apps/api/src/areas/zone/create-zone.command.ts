// createZone
import { problem, zoneInitialState } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { Domain } from '../account/domain.entity.ts';
import { addSystemNetworks } from '../network/system-networks.ts';
import { allocationStateParam, optional, parseDnsServer, parseGuestCidr, parseName, parseNetworkDomain } from './zone-parameters.ts';
import { assertZoneReady } from './zone-readiness.ts';
import { Zone, zoneNetworkTypes } from './zone.entity.ts';
import { zoneSource, zoneView } from './zone.view.ts';

export const createZone = command({
  name: 'createZone',
  about: 'Creates a zone: the largest unit, usually one data centre.',
  roles: adminRoles,
  event: 'ZONE.CREATE',
  since: '1.0',
  params: {
    name: param.string({ required: true, about: 'the name of the zone, unique' }),
    networktype: param.enum(zoneNetworkTypes, {
      required: true,
      about: 'Basic: one flat network with security groups; Advanced: networks of accounts',
    }),
    dns1: param.string({ required: true, about: 'first DNS server of guests' }),
    dns2: param.string({ about: 'second DNS server of guests' }),
    internaldns1: param.string({ required: true, about: 'first DNS server of hosts and system machines' }),
    internaldns2: param.string({ about: 'second DNS server of hosts and system machines' }),
    domain: param.string({ about: 'DNS suffix of guests whose network has none' }),
    domainid: param.ref(Domain, { access: 'use', about: 'makes the zone private to this domain and those below it' }),
    guestcidraddress: param.string({
      about: 'advanced zones: subnet of isolated networks that do not ask for another, such as 10.1.1.0/24',
    }),
    allocationstate: allocationStateParam,
    securitygroupenabled: param.boolean({ about: 'advanced zones: security groups protect the machines; basic zones always have them' }),
    localstorageenabled: param.boolean({ about: 'disks may lie on hosts' }),
  },
  returns: zoneView,
  async execute(args, { tx, clock }) {
    const basic = args.networktype === 'Basic';
    if (basic && args.guestcidraddress !== undefined)
      throw problem(
        'invalid',
        'guestcidraddress is for advanced zones only: leave it out, the guest ranges of a basic zone come with its pods',
      );
    const zone = tx.create(Zone, {
      uuid: randomUUID(),
      name: parseName(args.name),
      networkType: args.networktype,
      dns1: parseDnsServer(args.dns1, 'dns1'),
      dns2: optional(args.dns2, 'dns2', parseDnsServer),
      internalDns1: parseDnsServer(args.internaldns1, 'internaldns1'),
      internalDns2: optional(args.internaldns2, 'internaldns2', parseDnsServer),
      networkDomain: optional(args.domain, 'domain', parseNetworkDomain),
      guestCidr: basic ? null : (optional(args.guestcidraddress, 'guestcidraddress', parseGuestCidr) ?? '10.1.1.0/24'),
      allocationState: zoneInitialState,
      securityGroupsEnabled: basic || args.securitygroupenabled === true,
      localStorageEnabled: args.localstorageenabled ?? false,
      domainId: args.domainid?.id ?? null,
      created: clock.now(),
    });
    await unlessTaken(tx.insert(Zone, zone), `a zone named ${zone.name} exists already: choose another name`);
    await addSystemNetworks(tx, zone, clock.now());
    if (args.allocationstate === 'Enabled') await assertZoneReady(tx, zone);
    return rowById(zoneSource, tx, zone.id);
  },
});
