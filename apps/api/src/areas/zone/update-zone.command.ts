// updateZone
import { problem } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { allocationStateParam, optional, parseDnsServer, parseGuestCidr, parseName, parseNetworkDomain } from './zone-parameters.ts';
import { assertZoneReady } from './zone-readiness.ts';
import { Zone } from './zone.entity.ts';
import { zoneSource, zoneView } from './zone.view.ts';

export const updateZone = command({
  name: 'updateZone',
  about: 'Changes a zone; enables or disables it for new machines.',
  roles: adminRoles,
  event: 'ZONE.EDIT',
  since: '1.0',
  params: {
    id: param.ref(Zone, { required: true, access: 'operate', about: 'the zone' }),
    name: param.string({ about: 'the new name' }),
    allocationstate: allocationStateParam,
    dns1: param.string({ about: 'first DNS server of guests' }),
    dns2: param.text({ about: 'second DNS server of guests; empty for none' }),
    internaldns1: param.string({ about: 'first DNS server of hosts and system machines' }),
    internaldns2: param.text({ about: 'second DNS server of hosts and system machines; empty for none' }),
    domain: param.text({ about: 'DNS suffix of guests whose network has none; empty for none' }),
    guestcidraddress: param.string({ about: 'advanced zones: subnet of isolated networks that do not ask for another' }),
    localstorageenabled: param.boolean({ about: 'disks may lie on hosts' }),
    ispublic: param.boolean({ about: 'true: the zone is private to no domain any more' }),
    sortkey: param.integer({ about: 'place in lists, smaller first' }),
  },
  returns: zoneView,
  async execute({ id: zone, ...args }, { tx }) {
    if (args.guestcidraddress !== undefined && zone.networkType === 'Basic')
      throw problem('invalid', 'guestcidraddress is for advanced zones only: leave it out');
    if (args.ispublic === false && zone.domainId === null)
      throw problem('invalid', 'a public zone cannot become private, since any account may use it: create a private zone with domainid');
    if (args.allocationstate === 'Enabled' && zone.allocationState !== 'Enabled') await assertZoneReady(tx, zone);
    const changes = changesOf<Zone>({
      name: args.name === undefined ? undefined : parseName(args.name),
      allocationState: args.allocationstate,
      dns1: args.dns1 === undefined ? undefined : parseDnsServer(args.dns1, 'dns1'),
      dns2: args.dns2 === undefined ? undefined : optional(args.dns2, 'dns2', parseDnsServer),
      internalDns1: args.internaldns1 === undefined ? undefined : parseDnsServer(args.internaldns1, 'internaldns1'),
      internalDns2: args.internaldns2 === undefined ? undefined : optional(args.internaldns2, 'internaldns2', parseDnsServer),
      networkDomain: args.domain === undefined ? undefined : optional(args.domain, 'domain', parseNetworkDomain),
      guestCidr: args.guestcidraddress === undefined ? undefined : parseGuestCidr(args.guestcidraddress, 'guestcidraddress'),
      localStorageEnabled: args.localstorageenabled,
      domainId: args.ispublic === true ? null : undefined,
      sortKey: args.sortkey,
    });
    if (changes) await unlessTaken(tx.update(Zone, zone.id, changes), `a zone named ${changes.name} exists already: choose another name`);
    return rowById(zoneSource, tx, zone.id);
  },
});
