// resumeAsyncJob
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Job } from '../../kernel/jobs/job.entity.ts';

export const resumeAsyncJob = command({
  name: 'resumeAsyncJob',
  about: 'Lets a job that is stuck because an undo failed try that undo again; repair the cause first.',
  roles: ['Admin'],
  event: 'JOB.RESUME',
  since: '1.0',
  params: { jobid: param.ref(Job, { required: true, access: 'operate', about: 'the stuck job' }) },
  returns: success,
  execute: ({ jobid: job }, { jobs }) => jobs.resume(job.id),
});
