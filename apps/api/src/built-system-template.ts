// The system VM template that ./strata systemvm build made for this server.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findSystemTemplate, problem, type SystemTemplateId, systemTemplatePath } from '@strata/domain';
import type { ServerConfig } from './config.ts';

export interface BuiltSystemTemplate extends SystemTemplateId {
  /** On the management server. */
  readonly path: string;
  readonly sizeBytes: number;
}

interface Record {
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Undefined when none was built. @throws unavailable when what is there is not whole */
export async function findBuiltSystemTemplate({
  systemVmImageFolder: folder,
}: Pick<ServerConfig, 'systemVmImageFolder'>): Promise<BuiltSystemTemplate | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, 'systemvm.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { version, sha256, file, sizeBytes } = JSON.parse(text) as Record;
  const path = join(folder, file);
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== sizeBytes || !findSystemTemplate(systemTemplatePath({ version, sha256 })))
    throw problem('unavailable', `the system VM template in ${folder} is not whole: run ./strata systemvm build --fresh`);
  return { version, sha256, path, sizeBytes };
}
