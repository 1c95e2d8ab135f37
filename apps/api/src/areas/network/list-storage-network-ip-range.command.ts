// listStorageNetworkIpRange
import { adminRoles } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Pod } from '../zone/pod.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { StorageIpRange } from './storage-ip-range.entity.ts';
import { storageIpRangeSource, storageIpRangeView } from './storage-ip-range.view.ts';

export const listStorageNetworkIpRange = listCommand({
  name: 'listStorageNetworkIpRange',
  about: 'Lists address ranges for storage traffic.',
  roles: adminRoles,
  since: '1.0',
  params: {
    id: param.ref(StorageIpRange, { access: 'see', about: 'only this range' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only ranges of this zone' }),
    podid: param.ref(Pod, { access: 'see', about: 'only ranges of this pod' }),
  },
  source: storageIpRangeSource,
  returns: storageIpRangeView,
  keyword: ['r.start_ip', 'r.end_ip'],
  where(args, where) {
    where.equals('r.id', args.id?.id).equals('r.zone_id', args.zoneid?.id).equals('r.pod_id', args.podid?.id);
  },
});
