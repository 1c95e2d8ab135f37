// Lists the files of every storage by a host that has it mounted, and looks into those that rows speak of.
import type { ExpectedFile, FoundFile, Mounted } from '@strata/domain';
import { DriverError } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { eachWithLimit } from '../../kernel/each-with-limit.ts';
import type { HostConnection, HostDrivers } from '../host/host-drivers.ts';
import { templatePath } from '../template/template-paths.ts';
import { volumePath } from '../volume/volume.entity.ts';
import type { SeenHosts } from './look-at-hosts.ts';

export interface SeenStorage {
  readonly check: string;
  /** As people call it: `primary storage p1`. */
  readonly name: string;
  readonly expected: readonly ExpectedFile[];
  /** Undefined when it could not be listed. */
  readonly found?: readonly FoundFile[];
  readonly failure?: string;
}

interface Storage extends Mounted {
  readonly kind: 'primary' | 'image';
  readonly id: number;
  readonly name: string;
  readonly zoneId: number;
}

const parallelStorages = 8;
const parallelFiles = 16;

export async function lookAtFiles(read: EntityManager, drivers: HostDrivers, hosts: SeenHosts): Promise<SeenStorage[]> {
  const storages = await read.query<Storage[]>(
    `SELECT 'primary' AS kind, id, CONCAT('primary storage ', name) AS name, uuid, server, path, zone_id AS zoneId FROM storage_pool WHERE state NOT IN ('Initialized', 'Attaching', 'Removed')
     UNION ALL SELECT 'image', id, CONCAT('secondary storage nfs://', server, path), uuid, server, path, zone_id FROM image_store WHERE ready`,
  );
  const expected = await readExpected(read);
  const seen: SeenStorage[] = [];
  await eachWithLimit(storages, parallelStorages, async (storage) => {
    const files = expected.get(`${storage.kind}:${storage.id}`) ?? [];
    const base = { check: storage.kind === 'primary' ? 'I4.primary-files' : 'I10.secondary-files', name: storage.name, expected: files };
    try {
      seen.push({ ...base, ...(await look(storage, files, drivers, hosts)) });
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      seen.push({ ...base, failure: error.message });
    }
  });
  return seen;
}

/** Secondary storage is mounted where it is needed only: for the look it is mounted on a host, and taken off again. */
async function look(
  storage: Storage,
  expected: readonly ExpectedFile[],
  drivers: HostDrivers,
  { answering }: SeenHosts,
): Promise<Pick<SeenStorage, 'found'>> {
  const inZone = answering.filter(({ zoneId }) => zoneId === storage.zoneId);
  const host = inZone.find(({ mounts }) => mounts.mounted?.some(({ uuid }) => uuid === storage.uuid));
  const { uuid, server, path } = storage;
  const mount = { uuid, server, path };
  if (host) return { found: await list(await drivers.for(host.id), mount, expected) };
  if (storage.kind === 'primary' || !inZone[0]) return {};
  const connection = await drivers.for(inZone[0].id);
  await connection.driver.mounts.ensure(connection.address, mount);
  try {
    return { found: await list(connection, mount, expected) };
  } finally {
    await connection.driver.mounts.remove(connection.address, mount);
  }
}

async function list({ driver, address }: HostConnection, mount: Mounted, expected: readonly ExpectedFile[]): Promise<FoundFile[]> {
  const wanted = new Set(expected.filter(({ presence }) => presence === 'required').map(({ path }) => path));
  const listed = await driver.disks.list(address, mount, '');
  const found: FoundFile[] = listed.filter(({ path }) => !wanted.has(path)).map(({ path }) => ({ path }));
  await eachWithLimit(
    listed.filter(({ path }) => wanted.has(path)),
    parallelFiles,
    async ({ path }) => {
      try {
        found.push({ path, facts: await driver.disks.inspect(address, { mount, path }) });
      } catch (error) {
        if (!(error instanceof DriverError) || error.kind === 'unreachable') throw error;
        found.push({ path, failure: error.message });
      }
    },
  );
  return found;
}

interface FileRow {
  readonly storage: string;
  readonly uuid: string;
  readonly owner: string;
  readonly state: string;
  readonly sizeBytes: number;
  /** Of the template that a root disk is cloned from. */
  readonly templateUuid: string | null;
  /** Null for volumes, whose path follows from their uuid. */
  readonly path: string | null;
  /** What of it, other than a qcow2 image. */
  readonly format: 'raw' | null;
}

/** States in which a file is there for certain. */
const complete = new Set(['Ready', 'Destroy', 'Uploaded']);

/** By `primary:<id>` and `image:<id>`. */
async function readExpected(read: EntityManager): Promise<Map<string, ExpectedFile[]>> {
  const rows = await read.query<FileRow[]>(
    `SELECT CONCAT('primary:', v.pool_id) AS storage, v.uuid, CONCAT('volume ', v.name) AS owner, v.state, v.size_bytes AS sizeBytes, t.uuid AS templateUuid, NULL AS path, NULL AS format
     FROM volume v LEFT JOIN template t ON t.id = v.template_id WHERE v.pool_id IS NOT NULL
     UNION ALL SELECT CONCAT('primary:', s.pool_id), s.uuid, CONCAT('system machine ', s.id), IF(s.state = 'Running', 'Ready', s.state), s.root_bytes, t.uuid, NULL, NULL
     FROM system_vm s LEFT JOIN template t ON t.id = s.template_id WHERE s.pool_id IS NOT NULL
     UNION ALL SELECT CONCAT(c.store_kind, ':', c.store_id), c.uuid, CONCAT('template ', t.name), c.state, t.virtual_size_bytes, NULL, c.path, IF(t.kind = 'ISO', 'raw', NULL)
     FROM template_copy c JOIN template t ON t.id = c.template_id
     UNION ALL SELECT CONCAT('image:', v.image_store_id), v.uuid, CONCAT('volume ', v.name), v.state, v.size_bytes, NULL, NULL, NULL
     FROM volume v WHERE v.image_store_id IS NOT NULL
     UNION ALL SELECT CONCAT('image:', l.store_id), l.uuid, 'a link', IF(v.id IS NULL OR EXISTS (SELECT 1 FROM job j WHERE j.uuid = l.uuid AND j.held_subject IS NOT NULL), 'Creating', 'Ready'), v.size_bytes, NULL, l.path, NULL
     FROM store_link l LEFT JOIN volume v ON v.id = l.subject_id WHERE l.subject_type = 'Volume' AND l.ownership = 'own'
     UNION ALL SELECT CONCAT('image:', x.store_id), x.uuid, 'a transfer', 'Creating', 0, NULL, CONCAT('.incoming/', x.uuid, e.ending), NULL
     FROM store_transfer x JOIN (SELECT '.json' AS ending UNION SELECT '.json.half' UNION SELECT '.part' UNION SELECT '.image') e`,
  );
  const files = new Map<string, ExpectedFile[]>();
  for (const { storage, uuid, owner, state, sizeBytes, templateUuid, path, format } of rows) {
    const list = files.get(storage) ?? [];
    files.set(storage, list);
    list.push({
      path: path ?? volumePath(uuid),
      owner,
      presence: complete.has(state) ? 'required' : 'maybe',
      virtualSizeBytes: Number(sizeBytes),
      ...(format !== null && { format }),
      backingPath: templateUuid === null ? null : templatePath(templateUuid),
    });
  }
  return files;
}
