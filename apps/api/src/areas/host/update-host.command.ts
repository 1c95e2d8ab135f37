// updateHost
import { parseDisplayName, parseTags } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { moveResourceState } from './host-rows.ts';
import { Host } from './host.entity.ts';
import { hostSource, hostView, withFactors } from './host.view.ts';

export const updateHost = command({
  name: 'updateHost',
  about: 'Changes name or tags of a host; enables or disables it for new machines.',
  roles: adminRoles,
  event: 'HOST.EDIT',
  since: '1.0',
  params: {
    id: param.ref(Host, { required: true, access: 'operate', about: 'the host' }),
    name: param.string({ about: 'the new name' }),
    hosttags: param.text({
      about: 'tags by which service offerings choose hosts, with commas between them; empty for none',
      maxLength: 4_096,
    }),
    allocationstate: param.enum(['Enable', 'Disable', 'Enabled', 'Disabled'], { about: 'whether it takes new machines' }),
    oscategoryid: param.uuid({ about: 'accepted for older clients: hosts have no preferred guest systems' }),
  },
  returns: hostView,
  async execute({ id: host, ...args }, { tx, settings, clock }) {
    const wanted = args.allocationstate?.startsWith('Enable') ? 'Enabled' : args.allocationstate && 'Disabled';
    if (wanted && wanted !== host.resourceState)
      await moveResourceState(tx, host, wanted === 'Enabled' ? 'enableRequested' : 'disableRequested', clock);
    const changes = changesOf<Host>({
      name: args.name === undefined ? undefined : parseDisplayName(args.name, 'name'),
      tags: args.hosttags === undefined ? undefined : parseTags(args.hosttags === 'undefined' ? '' : args.hosttags, 'hosttags').join(','),
    });
    if (changes) await tx.update(Host, host.id, changes);
    return withFactors([await rowById(hostSource, tx, host.id)], settings)[0]!;
  },
});
