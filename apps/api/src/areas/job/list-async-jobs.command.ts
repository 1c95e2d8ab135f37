// listAsyncJobs
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { jobSource, jobView, withOutcomes } from './job.view.ts';

export const listAsyncJobs = listCommand({
  name: 'listAsyncJobs',
  about: 'Lists jobs, newest first.',
  roles: everyRole,
  since: '1.0',
  params: {
    startdate: param.date({ about: 'only jobs started at this moment or later' }),
    resourceid: param.uuid({ about: 'only jobs about this object' }),
    resourcetype: param.string({ about: 'only jobs about objects of this kind' }),
    managementserverid: param.uuid({ about: 'only jobs that this server runs', roles: ['Admin'] }),
  },
  source: jobSource,
  returns: jobView,
  keyword: ['j.command'],
  ownedBy: { account: 'j.account_id', domain: 'j.domain_id' },
  where({ startdate, resourceid, resourcetype, managementserverid }, where) {
    if (startdate) where.and('j.created >= ?', startdate);
    if (managementserverid) where.and('j.server_id = (SELECT id FROM management_server WHERE uuid = ?)', managementserverid);
    where.equals('j.subject_uuid', resourceid).equals('j.subject_type', resourcetype);
  },
  finish: (rows, _args, ctx) => withOutcomes(rows, ctx),
});
