// What a request on a machine and its job cost the database, statement by statement: more than before is seen here (P3c).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Params } from '../../../test/harness/api-client.ts';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';
import { statementsOf } from '../../../test/harness/kernel-rig.ts';

let cloud: Cloud;
let id: string;

beforeAll(async () => {
  cloud = await startCloud({ hosts: 1 });
  // The pool has the template, and the server has read what it keeps in memory.
  await cloud.deploy();
  // Nothing runs by itself between the statements that are counted.
  await cloud.server.runtime.schedule.stop();
});
afterAll(() => cloud.stop());

/** The server's heartbeat, which goes on meanwhile. */
const heartbeat = 'INSERT INTO management_server';

/** From the request to the end of its job. */
async function costOf(command: string, params: Params): Promise<{ statements: number; commits: number; id: string }> {
  let subject = '';
  const texts = await statementsOf(cloud.server.dataSource, async () => {
    const reply = await cloud.server.admin.call(command, params);
    subject = String(reply['id']);
    expect(await ended(String(reply['jobid']))).toBe('Succeeded');
  });
  const counted = texts.filter((text) => !text.startsWith(heartbeat) && text !== watching);
  let isOpen = false;
  let commits = 0;
  for (const text of counted) {
    if (text === 'START TRANSACTION') isOpen = true;
    if (text === 'COMMIT') isOpen = false;
    if (text === 'COMMIT' || (!isOpen && /^(INSERT|UPDATE|DELETE)/.test(text))) commits += 1;
  }
  return { statements: counted.length, commits, id: subject };
}

const watching = 'SELECT state AS';
async function ended(jobUuid: string): Promise<string> {
  for (;;) {
    const [job] = await cloud.server.dataSource.query<{ now: string }[]>('SELECT state AS now FROM job WHERE uuid = ?', [jobUuid]);
    if (job!.now !== 'Running') return job!.now;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('statements and commits of', () => {
  it('a deploy', async () => {
    const params = { zoneid: cloud.zone.zoneId, templateid: cloud.templateId, serviceofferingid: cloud.offeringId };
    const cost = await costOf('deployVirtualMachine', params);
    id = cost.id;
    expect(cost).toMatchObject({ statements: 25, commits: 3 });
  });

  it.each([
    ['a stop', 'stopVirtualMachine', 18, 2],
    ['a start', 'startVirtualMachine', 25, 3],
    ['a reboot', 'rebootVirtualMachine', 15, 2],
    ['a destroy', 'destroyVirtualMachine', 18, 2],
    ['an expunge', 'expungeVirtualMachine', 27, 2],
  ])('%s', async (_title, command, statements, commits) => {
    expect(await costOf(command, { id })).toMatchObject({ statements, commits });
  });
});
