// queryAsyncJobResult
import { problem } from '@strata/domain';
import { command, type CommandContext, flat } from '../../kernel/command/command.ts';
import { everyRole } from '../../kernel/command/caller.ts';
import { param } from '../../kernel/command/param.ts';
import { ownedByAccount } from '../../kernel/command/resource.ts';
import { rowById } from '../../kernel/command/source.ts';
import { Job } from '../../kernel/jobs/job.entity.ts';
import { jobSource, jobView, withOutcomes } from './job.view.ts';

export const queryAsyncJobResult = command({
  name: 'queryAsyncJobResult',
  about: 'Tells how far a job is, and its result once it has ended.',
  roles: everyRole,
  since: '1.0',
  params: {
    jobid: param.ref(Job, { access: 'see', about: 'the id of the job' }),
    resourceid: param.uuid({ about: 'instead of jobid: the object whose job is asked for; needs resourcetype' }),
    resourcetype: param.string({ about: 'what kind of object that is' }),
  },
  returns: flat(jobView),
  async execute({ jobid, resourceid, resourcetype }, ctx) {
    const job = jobid ?? (await liveJobOf(resourceid, resourcetype, ctx));
    const row = await rowById(jobSource, ctx.tx, job.id);
    await withOutcomes([row], ctx);
    return row;
  },
});

async function liveJobOf(uuid: string | undefined, type: string | undefined, ctx: CommandContext): Promise<Job> {
  if (uuid === undefined || type === undefined)
    throw problem(
      'invalid',
      'Unable to execute API command queryasyncjobresult due to missing parameter jobid: queryAsyncJobResult needs it, or resourceid with resourcetype',
    );
  const name = ctx.registry.resourceByType(type)?.type;
  const job = name && (await ctx.tx.findOne(Job, { where: { heldSubject: `${name}:${uuid}` } }));
  if (job && (ctx.caller.role === 'Admin' || (await ownedByAccount(ctx.caller, job, 'see', ctx.tx)))) return job;
  throw problem('invalid', `no job runs on ${type} ${uuid}: ask with jobid for one that has ended`);
}
