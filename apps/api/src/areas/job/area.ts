// Asynchronous jobs and the servers that run them.
import { area } from '../../kernel/area.ts';
import { ownedByAccount, resource } from '../../kernel/command/resource.ts';
import { Job, JobStep } from '../../kernel/jobs/job.entity.ts';
import { jobExpireMinutes, stepRetrySeconds } from '../../kernel/jobs/job-settings.ts';
import { ManagementServer } from '../../kernel/jobs/management-server.entity.ts';
import { ReconcilerLease } from '../../kernel/reconcile/reconciler-lease.entity.ts';
import { listAsyncJobs } from './list-async-jobs.command.ts';
import { oldJobs } from './old-jobs.reconciler.ts';
import { queryAsyncJobResult } from './query-async-job-result.command.ts';
import { resumeAsyncJob } from './resume-async-job.command.ts';

export const jobArea = area({
  name: 'job',
  commands: [listAsyncJobs, queryAsyncJobResult, resumeAsyncJob],
  resources: [resource(Job, { noun: 'job', type: 'AsyncJob', may: ownedByAccount })],
  entities: [Job, JobStep, ManagementServer, ReconcilerLease],
  reconcilers: [oldJobs],
  settings: [jobExpireMinutes, stepRetrySeconds],
});
