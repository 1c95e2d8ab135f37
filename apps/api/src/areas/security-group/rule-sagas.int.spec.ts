// The sagas of rules: each step may run twice, each failure and each undo leaves no trace in rows, nor on hosts once the reconciler has looked (F09).
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Body, Params } from '../../../test/harness/api-client.ts';
import { playRound, roundsOf, type SagaRig } from '../../../test/harness/check-saga.ts';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';
import { authoriseRules, revokeRule } from './change-rules.saga.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud({ hosts: 1 });
  await cloud.deploy();
});
afterAll(() => cloud.stop());

const rows = (sql: string) => cloud.server.dataSource.query<Record<string, unknown>[]>(sql);

async function fingerprint(): Promise<string> {
  await cloud.server.runtime.schedule.wake('guest-filters');
  cloud.fleet.catchUp();
  const [host] = await rows('SELECT address FROM host');
  return JSON.stringify({
    rules: await rows('SELECT direction, protocol, start_port, end_port, cidr, peer_group_id FROM security_group_rule ORDER BY cidr'),
    filters: [...(cloud.fleet.findHost(String(host!['address']))!.filters ?? [])],
  });
}

async function rig(command: string, params: () => Promise<Params>): Promise<SagaRig> {
  for (const { uuid } of await rows('SELECT uuid FROM security_group_rule'))
    await cloud.server.admin.run('revokeSecurityGroupIngress', { id: String(uuid) });
  const sent = await params();
  return {
    failpoints: cloud.server.failpoints,
    start: async () => String((await cloud.server.admin.call(command, sent))['jobid']),
    end: async (jobUuid) => (await cloud.server.runtime.awaiter.whenDone(jobUuid, 20_000)).state,
    fingerprint,
    close: async () => cloud.server.failpoints.set(''),
  };
}

const rule: Params = { securitygroupname: 'default', protocol: 'tcp', startport: 22, cidrlist: '10.0.0.0/8,11.0.0.0/8' };

async function authorised(): Promise<Params> {
  const group = await cloud.server.admin.run('authorizeSecurityGroupIngress', rule);
  return { id: String((group['ingressrule'] as Body[])[0]!['ruleid']) };
}

const cases = [
  { saga: authoriseRules, makeRig: () => rig('authorizeSecurityGroupIngress', async () => rule) },
  { saga: revokeRule, makeRig: () => rig('revokeSecurityGroupIngress', authorised) },
];

describe.each(cases)('$saga.name', ({ saga, makeRig }) => {
  it.each(roundsOf(saga))('$title', (round) => playRound(round, makeRig));
});
