// queryAsyncJobResult
import { problem } from '@strata/domain';
import { command, type CommandContext, flat } from '../../kernel/command/command.ts';
import { everyRole } from '../../kernel/command/caller.ts';
import { param } from '../../kernel/command/param.ts';
import { ownedByAccount } from '../../kernel/command/resource.ts';
import { rowById } from '../../kernel/command/source.ts';
import { Job } from '../../kernel/jobs/job.entity.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { type JobRow, jobSource, jobView, withOutcomes } from './job.view.ts';

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
    await withOutcomes([row], ctx, (ended, sealed) => (isFor(ended, ctx) ? (JSON.parse(ctx.secrets.open(sealed)) as JsonObject) : {}));
    return row;
  },
});

/** What a job answers to its starter alone is to be had for so long after its end: whoever finds the session later does not find it. */
const sealedForMs = 10 * 60_000;

function isFor({ userId, completed }: JobRow, { caller, clock }: CommandContext): boolean {
  return userId === caller.userId && completed !== null && clock.now().getTime() - completed.getTime() < sealedForMs;
}

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
