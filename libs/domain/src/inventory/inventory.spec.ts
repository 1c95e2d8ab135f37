// Comparing database, hosts and storage: agreement is silent, and each disagreement shows once, under its own check.
import { describe, expect, it } from 'vitest';
import { compareAddresses, compareMacs, type NicRow } from './compare-addresses.ts';
import { compareCapacity } from './compare-capacity.ts';
import { compareFiles, type ExpectedFile } from './compare-files.ts';
import { compareJobs, compareStates, type JobEntry } from './compare-jobs.ts';
import { compareMachines, type MachineRow } from './compare-machines.ts';
import { compareMounts } from './compare-mounts.ts';
import { lasting } from './difference.ts';

describe('I1 jobs, I2 states', () => {
  const job: JobEntry = {
    uuid: 'u',
    command: 'deployVirtualMachine',
    state: 'Running',
    isServerAlive: true,
    isSubjectHeld: true,
    ageMs: 10,
  };
  it.each<[string, Partial<JobEntry>, RegExp | undefined]>([
    ['running on a live server', {}, undefined],
    ['queued behind another', { state: 'Queued', isServerAlive: null, ageMs: 3_600_000 }, undefined],
    ['just queued', { state: 'Queued', isServerAlive: null, isSubjectHeld: false }, undefined],
    ['on a dead server', { isServerAlive: false }, /server that is dead/],
    ['on no server', { isServerAlive: null }, /no server has it/],
    ['stuck', { state: 'Stuck', isServerAlive: null }, /resumeAsyncJob/],
    ['forgotten in the queue', { state: 'Queued', isServerAlive: null, isSubjectHeld: false, ageMs: 90_000 }, /queued for 90 s/],
  ])('%s', (_name, change, found) => {
    const differences = compareJobs([{ ...job, ...change }]);
    expect(differences.map(({ check }) => check)).toEqual(found ? ['I1.jobs'] : []);
    if (found) expect(differences[0]!.found).toMatch(found);
  });

  it('a row on its way needs a job', () => {
    const row = { subject: 'virtual machine web', state: 'Starting' };
    expect(compareStates([{ ...row, hasJob: true }])).toEqual([]);
    expect(compareStates([{ ...row, hasJob: false }])).toMatchObject([{ check: 'I2.states', subject: 'virtual machine web' }]);
  });
});

describe('I3 machines', () => {
  const row: MachineRow = { uuid: 'a', instanceName: 'i-2-7-VM', name: 'web', state: 'Running', host: 'kvm1', isBusy: false };
  const there = { uuid: 'a', name: 'i-2-7-VM', isRunning: true };
  const empty = { host: 'kvm2', machines: [] };

  it('agrees', () => {
    expect(compareMachines([row], [{ host: 'kvm1', machines: [there] }, empty])).toEqual([]);
    expect(compareMachines([{ ...row, state: 'Stopped', host: null }], [{ host: 'kvm1', machines: [] }, empty])).toEqual([]);
  });

  it.each<[string, MachineRow[], Parameters<typeof compareMachines>[1], string]>([
    ['missing', [row], [{ host: 'kvm1', machines: [] }, empty], 'runs on no host'],
    [
      'on the wrong host',
      [row],
      [
        { host: 'kvm1', machines: [] },
        { host: 'kvm2', machines: [there] },
      ],
      'runs on kvm2',
    ],
    [
      'on two hosts',
      [row],
      [
        { host: 'kvm1', machines: [there] },
        { host: 'kvm2', machines: [there] },
      ],
      'runs on kvm1 and kvm2',
    ],
    ['running though stopped', [{ ...row, state: 'Stopped', host: null }], [{ host: 'kvm1', machines: [there] }], 'runs on kvm1'],
    ['orphan', [], [{ host: 'kvm1', machines: [there] }], 'runs on host kvm1, which nobody asked for'],
    [
      'foreign and not running',
      [],
      [{ host: 'kvm1', machines: [{ ...there, isRunning: false }] }],
      'is defined on host kvm1, which nobody asked for',
    ],
    ['other name', [row], [{ host: 'kvm1', machines: [{ ...there, name: 'x' }] }], 'it is called x on host kvm1'],
  ])('%s', (_name, rows, listings, found) => {
    expect(compareMachines(rows, listings).map((difference) => [difference.check, difference.found])).toEqual([['I3.machines', found]]);
  });

  it('calls a machine by both of its names', () => {
    expect(compareMachines([row], [{ host: 'kvm1', machines: [] }])[0]!.subject).toBe('machine i-2-7-VM (web)');
  });

  it('leaves out machines that a job works on, and says which host it could not ask', () => {
    expect(compareMachines([{ ...row, isBusy: true }], [{ host: 'kvm1', machines: [] }])).toEqual([]);
    expect(compareMachines([row], [{ host: 'kvm1', failure: 'timed out' }])).toEqual([
      { check: 'hosts', subject: 'host kvm1', expected: 'it answers', found: 'timed out' },
    ]);
  });
});

describe('I4 and I10 files', () => {
  const file: ExpectedFile = {
    path: 'volumes/a.qcow2',
    owner: 'volume ROOT-7',
    presence: 'required',
    virtualSizeBytes: 10,
    backingPath: 'template/t.qcow2',
  };
  const facts = { format: 'qcow2', virtualSizeBytes: 10, backingPath: 'template/t.qcow2' };
  const compare = (expected: ExpectedFile[], found: Parameters<typeof compareFiles>[3]) =>
    compareFiles('I4.primary-files', 'primary storage p', expected, found).map(({ found }) => found);

  it('tells missing, extra and wrong files apart', () => {
    expect(compare([file], [{ path: file.path, facts }])).toEqual([]);
    expect(compare([file], [])).toEqual(['missing']);
    expect(compare([], [{ path: 'volumes/b.qcow2' }])).toEqual(['a file that belongs to nothing']);
    expect(compare([file], [{ path: file.path, facts: { ...facts, virtualSizeBytes: 11 } }])).toEqual(['size 11 bytes']);
    expect(compare([file], [{ path: file.path, facts: { ...facts, backingPath: 'template/x.qcow2' } }])).toEqual([
      'backing file template/x.qcow2',
    ]);
    expect(compare([{ ...file, backingPath: null }], [{ path: file.path, facts }])).toEqual(['backing file template/t.qcow2']);
    expect(compare([file], [{ path: file.path, facts: { ...facts, format: 'raw' } }])).toEqual(['format raw']);
    expect(compare([file], [{ path: file.path, failure: 'data file outside' }])).toEqual(['data file outside']);
  });

  it('a file being made may be there or not', () => {
    expect(compare([{ ...file, presence: 'maybe' }], [])).toEqual([]);
    expect(compare([{ ...file, presence: 'maybe' }], [{ path: file.path }])).toEqual([]);
  });
});

describe('I5 addresses, I6 MAC addresses', () => {
  const nic: NicRow = { id: 1, mac: '02:00:00:00:00:01', ip: '10.1.0.10', networkId: 5, machine: 'web' };
  const address = { ip: '10.1.0.10', networkId: 5, state: 'Allocated', nicId: 1 } as const;

  it('agrees in both directions', () =>
    expect(compareAddresses([address], [nic], [{ text: '10.1.0.10-10.1.0.19', size: 10, addresses: 10 }])).toEqual([]));

  it.each<[string, Parameters<typeof compareAddresses>, string[]]>([
    ['a leaked address', [[{ ...address, nicId: 9 }], [], []], ['allocated to card 9, which is gone']],
    ['an address of nothing', [[{ ...address, nicId: null }], [], []], ['allocated to nothing']],
    ['a card whose address is free', [[], [nic], []], ['it is not']],
    ['a free address with a card', [[{ ...address, state: 'Free' }], [{ ...nic, ip: null }], []], ['free, but card 1 has it']],
    ['another address', [[address], [{ ...nic, ip: '10.1.0.11' }], []], ['that card has 10.1.0.11', 'it is not']],
    ['a card without machine', [[address], [{ ...nic, machine: null }], []], ['its machine is gone']],
    ['a range with holes', [[], [], [{ text: 'r', size: 10, addresses: 9 }]], ['9 addresses']],
  ])('%s', (_name, args, found) => expect(compareAddresses(...args).map((difference) => difference.found)).toEqual(found));

  it('finds MAC addresses used twice', () => {
    expect(compareMacs([nic])).toEqual([]);
    expect(compareMacs([nic, { ...nic, id: 2, mac: nic.mac.toUpperCase(), machine: 'db' }])).toMatchObject([
      { check: 'I6.macs', found: 'cards of web, db' },
    ]);
  });
});

it('I7 compares what is promised with what is held', () => {
  const figure = { subject: 'host kvm1', what: 'CPU MHz', noted: 1000, computed: 1000 };
  expect(compareCapacity([figure])).toEqual([]);
  expect(compareCapacity([{ ...figure, noted: 900 }])).toMatchObject([
    { check: 'I7.capacity', expected: '1000 CPU MHz promised', found: '900 CPU MHz promised' },
  ]);
  expect(compareCapacity([{ ...figure, noted: null }])).toMatchObject([{ found: 'nothing noted' }]);
});

it('I9 compares mounts', () => {
  const mount = { uuid: 'p', server: 'nfs', path: '/a' };
  const known = new Set(['p', 's']);
  expect(compareMounts([{ host: 'kvm1', needed: [mount], mounted: [mount, { ...mount, uuid: 's' }] }], known)).toEqual([]);
  expect(compareMounts([{ host: 'kvm1', needed: [mount], mounted: undefined }], known)).toEqual([]);
  expect(compareMounts([{ host: 'kvm1', needed: [mount], mounted: [] }], known)).toMatchObject([{ found: 'not mounted' }]);
  expect(compareMounts([{ host: 'kvm1', needed: [mount], mounted: [{ ...mount, path: '/b' }] }], known)).toMatchObject([
    { found: 'nfs://nfs/b' },
  ]);
  expect(compareMounts([{ host: 'kvm1', needed: [], mounted: [{ ...mount, uuid: 'x' }] }], known)).toMatchObject([
    { expected: 'not mounted' },
  ]);
});

it('keeps only what both looks saw', () => {
  const one = { check: 'a', subject: 'b', expected: 'c', found: 'd' };
  expect(lasting([one], [one, { ...one, found: 'e' }])).toEqual([one]);
});
