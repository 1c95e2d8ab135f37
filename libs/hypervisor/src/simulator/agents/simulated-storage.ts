// The agent of a simulated secondary-storage VM: no bytes move, the address of a download says what comes of it.
import { createHash } from 'node:crypto';
import type { DownloadRequest, PublishRequest, StorageConfiguration, StoredImage, TransferReport } from '@strata/domain';
import { DriverError } from '../../driver-error.ts';
import type { MountSpec } from '../../specs.ts';
import type { SimulatedAgentKind, SimulatedAgentState } from './simulated-agent.ts';

const mib = 2 ** 20;

/** By a word in the address: what the file turns out to be. */
const flaws: readonly (readonly [word: string, message: string])[] = [
  ['wrong-sum', 'the checksum is wrong: fetch the file again, or correct the checksum'],
  ['html', 'the file is a web page, not an image'],
  ['truncated', 'the connection ended before the file did'],
  ['backing', 'the image cannot become a template: it has a backing file'],
  ['huge', 'the image cannot become a template: its disk has 8589934592.0 GiB'],
  ['loopback', 'the address leads to an internal network, which is not allowed'],
];

/** Of a download whose address holds the word `slow`, how much comes between two reports. */
const slowStep = 10 * mib;
const fileBytes = 100 * mib;

interface Fetch {
  readonly request: DownloadRequest;
  bytesDone: number;
}

/** What is there of a file that is still coming lies in the store: the machine that replaces this one goes on with it. */
const partPath = (id: string): string => `.incoming/${id}.part`;

export const simulatedStorage: SimulatedAgentKind = (agent) => {
  const fetches = new Map<string, Fetch>();
  const links = new Map<string, PublishRequest>();
  return {
    'storage.download': (request) => {
      const store = storeOf(agent, request.store);
      if (fetches.has(request.id)) return {};
      const part = agent.fleet.exportOf(store).files.get(partPath(request.id));
      fetches.set(request.id, { request, bytesDone: part?.facts.allocatedBytes ?? 0 });
      return {};
    },
    'storage.forget': ({ id, store: uuid }) => {
      fetches.delete(id);
      removeFile(agent, storeOf(agent, uuid), partPath(id));
      return {};
    },
    'storage.publish': (request) => {
      if (!agent.fleet.exportOf(storeOf(agent, request.store)).files.has(request.path))
        throw new DriverError('missing', `there is no ${request.path} in the store`);
      links.set(request.id, request);
      return {};
    },
    'storage.unpublish': ({ id }) => {
      links.delete(id);
      return {};
    },
    'storage.report': () => ({
      transfers: [...fetches.values()].map((fetch) => advance(agent, fetch)),
      links: [...links.values()].filter(({ expiresAt }) => expiresAt > Date.now()).map(({ id }) => id),
    }),
  };
};

/** Each report finds it further. */
function advance(agent: SimulatedAgentState, fetch: Fetch): TransferReport {
  const { request } = fetch;
  const store = storeOf(agent, request.store);
  const seen: TransferReport = {
    id: request.id,
    store: request.store,
    kind: 'download',
    state: 'transferring',
    bytesDone: fetch.bytesDone,
    bytesTotal: fileBytes,
    bytesPerSecond: slowStep,
    message: '',
    image: null,
  };
  const flaw = flaws.find(([word]) => request.url.includes(word));
  if (flaw) {
    removeFile(agent, store, partPath(request.id));
    return { ...seen, state: 'failed', message: flaw[1] };
  }
  const files = agent.fleet.exportOf(store).files;
  if (!files.has(request.path)) {
    fetch.bytesDone = Math.min(fileBytes, request.url.includes('slow') ? fetch.bytesDone + slowStep : fileBytes);
    if (fetch.bytesDone < fileBytes) {
      const part = { format: 'raw', virtualSizeBytes: fetch.bytesDone, allocatedBytes: fetch.bytesDone } as const;
      agent.fleet.change({ do: 'file', server: store.server, export: store.path, path: partPath(request.id), ...part });
      return { ...seen, bytesDone: fetch.bytesDone };
    }
    const image = imageOf(request);
    const facts = {
      format: request.format === 'iso' ? 'raw' : 'qcow2',
      virtualSizeBytes: image.virtualSizeBytes,
      allocatedBytes: image.fileBytes,
      sha256: image.sha256,
    } as const;
    agent.fleet.change({ do: 'file', server: store.server, export: store.path, path: request.path, ...facts });
    removeFile(agent, store, partPath(request.id));
  }
  return { ...seen, state: 'done', bytesDone: fileBytes, image: imageOf(request) };
}

/** The same address always has the same file. */
function imageOf({ url, format }: DownloadRequest): StoredImage {
  return {
    virtualSizeBytes: format === 'iso' ? fileBytes : 64 * mib,
    fileBytes,
    sha256: createHash('sha256').update(url).digest('hex'),
  };
}

function storeOf({ configuration }: SimulatedAgentState, uuid: string): MountSpec {
  const store = (configuration as StorageConfiguration | undefined)?.stores.find((candidate) => candidate.uuid === uuid);
  if (!store) throw new DriverError('missing', `the store ${uuid} is not mounted`);
  return store;
}

function removeFile({ fleet }: SimulatedAgentState, store: MountSpec, path: string): void {
  if (fleet.exportOf(store).files.has(path)) fleet.change({ do: 'removeFile', server: store.server, export: store.path, path });
}
