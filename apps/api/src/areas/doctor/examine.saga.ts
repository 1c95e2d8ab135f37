// Runs the doctor's checks where the patient is and answers with their results.
import { saga } from '../../kernel/jobs/saga.ts';
import type { KeptCheck } from '../host/host-inspection.ts';
import { dropLogin } from '../host/host-login.ts';
import { checkHost } from './check-host.ts';
import { checkExport } from './check-export.ts';
import { checkServer } from './check-server.ts';
import type { ExamineInput, ExamineStep } from './patient.ts';

export const examine = saga<ExamineInput>('runDoctor')
  .rows(
    'asked',
    // The request's own transaction kept the login: there is only this to undo.
    async () => {},
    async ({ tx, input: { patient } }) => {
      if (patient.kind === 'host') await dropLogin(tx, patient.loginId);
    },
  )
  .hosts('checks', async (step) => {
    const results = await check(step);
    return { results: results.map((result): KeptCheck => ({ ...result })) };
  })
  .rows('told', async ({ tx, input: { patient }, out, keepResult }) => {
    if (patient.kind === 'host') await dropLogin(tx, patient.loginId);
    await keepResult({ list: out.checks.results });
  });

function check(step: ExamineStep): Promise<readonly KeptCheck[]> {
  const { patient } = step.input;
  switch (patient.kind) {
    case 'server':
      return checkServer(step);
    case 'host':
      return checkHost(step, patient);
    case 'nfs':
      return checkExport(step, patient);
  }
}
