// What the doctor can be asked to look at, and what each look is handed.
import type { HostsStep } from '../../kernel/jobs/saga.ts';

// Type aliases, not interfaces: only they are assignable to the JSON of a job.
export type HostPatient = {
  readonly kind: 'host';
  readonly address: string;
  readonly port: number;
  /** Row of `host_login`: it goes when the job ends. */
  readonly loginId: number;
  readonly hypervisor: string | null;
  readonly podId: number | null;
  readonly clusterId: number | null;
};
export type NfsPatient = { readonly kind: 'nfs'; readonly server: string; readonly path: string; readonly hostId: number | null };
export type Patient = { readonly kind: 'server' } | HostPatient | NfsPatient;
export type ExamineInput = { readonly patient: Patient };

export type ExamineStep = HostsStep<ExamineInput, object>;
