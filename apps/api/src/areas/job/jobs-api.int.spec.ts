// Jobs as clients see them: the fields of an answer, pending, succeeded and failed, and who sees whose.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
let physicalNetworkJob = '';
let zoneId = '';

beforeAll(async () => {
  server = await startTestServer();
  const { zone } = (await server.admin.call('createZone', {
    name: 'z',
    networktype: 'Basic',
    dns1: '8.8.8.8',
    internaldns1: '10.0.0.2',
  })) as { zone: { id: string } };
  zoneId = zone.id;
  const { jobid } = await server.admin.call('createPhysicalNetwork', { zoneid: zoneId, name: 'p' });
  physicalNetworkJob = String(jobid);
  await server.admin.result(physicalNetworkJob);
});
afterAll(() => server.stop());

it('M10 queryAsyncJobResult answers flat, with exactly the fields of the contract', async () => {
  const job = await server.admin.call('queryAsyncJobResult', { jobid: physicalNetworkJob });
  expect(job).toEqual({
    accountid: expect.any(String) as string,
    account: 'admin',
    domainid: expect.any(String) as string,
    domainpath: 'ROOT',
    userid: expect.any(String) as string,
    cmd: 'createPhysicalNetwork',
    jobstatus: 1,
    jobprocstatus: 0,
    jobresultcode: 0,
    jobresulttype: 'object',
    jobresult: { physicalnetwork: expect.objectContaining({ name: 'p', zoneid: zoneId }) as object },
    jobinstancetype: 'PhysicalNetwork',
    jobinstanceid: expect.any(String) as string,
    created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/) as string,
    completed: expect.stringMatching(/\+0000$/) as string,
    jobid: physicalNetworkJob,
  });
  const [row] = await server.dataSource.query<{ state: string }[]>('SELECT state FROM job WHERE uuid = ?', [physicalNetworkJob]);
  expect(row?.state).toBe('Succeeded');
});

it('writes the same as XML', async () => {
  const { text, status } = await server.admin.send(server.admin.query({ command: 'queryAsyncJobResult', jobid: physicalNetworkJob }));
  expect(status).toBe(200);
  expect(text).toMatch(
    /^<\?xml.*<queryasyncjobresultresponse cloud-stack-version="[\d.]+">.*<jobstatus>1<\/jobstatus>.*<jobresult><physicalnetwork><id>/,
  );
});

it('takes the job id that the client chose, once', async () => {
  const customjobid = '11111111-2222-4333-8444-555555555555';
  const { jobid } = await server.admin.call('createPhysicalNetwork', { zoneid: zoneId, name: 'q', customjobid });
  expect(jobid).toBe(customjobid);
  expect(await server.admin.refused('createPhysicalNetwork', { zoneid: zoneId, name: 'r', customjobid })).toMatchObject({
    code: 536,
    text: expect.stringContaining('customjobid') as string,
  });
  const networks = await server.admin.list('listPhysicalNetworks', { zoneid: zoneId });
  expect(networks.map(({ name }) => name)).not.toContain('r');
});

it('E01 pairs the events of a job by one start id', async () => {
  const events = await server.admin.list('listEvents', {
    type: 'PHYSICAL.NETWORK.CREATE',
    keyword: 'createPhysicalNetwork',
    listall: true,
  });
  const completed = events.find(({ state }) => state === 'Completed')!;
  expect(completed).toMatchObject({ level: 'INFO', username: 'admin', account: 'admin', resourcetype: 'PhysicalNetwork' });
  const ofJob = await server.admin.list('listEvents', { startid: String(completed['parentid']) });
  expect(ofJob.map(({ state }) => state)).toEqual(['Completed', 'Started', 'Scheduled']);
  expect(ofJob.at(-1)).toMatchObject({ id: completed['parentid'] });
});

it('shows jobs to their account and to administrators above it only', async () => {
  await server.admin.call('createAccount', {
    username: 'other',
    password: 'secret-word-1',
    email: 'o@example.test',
    firstname: 'O',
    lastname: 'T',
    accounttype: 0,
    account: 'other',
  });
  const [user] = await server.admin.list('listUsers', { username: 'other', listall: true });
  const { userkeys } = (await server.admin.call('registerUserKeys', { id: String(user!['id']) })) as {
    userkeys: { apikey: string; secretkey: string };
  };
  const other = server.as({ apiKey: userkeys.apikey, secretKey: userkeys.secretkey });
  expect(await other.refused('queryAsyncJobResult', { jobid: physicalNetworkJob })).toMatchObject({
    code: 431,
    text: `Invalid parameter jobid value=${physicalNetworkJob} due to incorrect long value format, or entity does not exist`,
  });
  expect(await other.list('listAsyncJobs', { listall: true })).toEqual([]);
  expect((await server.admin.list('listAsyncJobs', { listall: true })).map(({ jobid }) => jobid)).toContain(physicalNetworkJob);
  expect(await server.admin.list('listAsyncJobs', { listall: true, startdate: '2100-01-01' })).toEqual([]);
  expect(await other.refused('resumeAsyncJob', { jobid: physicalNetworkJob })).toMatchObject({ code: 432 });
  expect(await other.list('listEvents', { listall: true, type: 'PHYSICAL.NETWORK.CREATE' })).toEqual([]);
});

it('resumes stuck jobs only', async () => {
  expect(await server.admin.refused('resumeAsyncJob', { jobid: physicalNetworkJob })).toMatchObject({
    code: 536,
    text: expect.stringContaining('only stuck jobs') as string,
  });
});

it('needs a job or an object to ask for', async () => {
  expect(await server.admin.refused('queryAsyncJobResult')).toMatchObject({ code: 431, text: expect.stringContaining('jobid') as string });
});
