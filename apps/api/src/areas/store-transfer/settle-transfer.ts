// What becomes of the thing that a file was on its way for: the copy of a template or ISO, or a volume.
import { problem, type StoredImage, templateCopyLifecycle, volumeLifecycle } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { transition, transitionAll } from '../../kernel/db/transition.ts';
import { Template, TemplateCopy } from '../template/template.entity.ts';
import { Volume } from '../volume/volume.entity.ts';
import { StoreTransfer } from './store-transfer.entity.ts';

/** Longest error kept, as the columns take it. */
const maxError = 1_024;

/** The file is there. @returns false when the thing is gone or is going */
export async function arrived(tx: EntityManager, transfer: StoreTransfer, image: StoredImage): Promise<boolean> {
  const { affected } = await tx.delete(StoreTransfer, { id: transfer.id });
  if (affected !== 1) return false;
  return transfer.subjectType === 'Volume' ? volumeArrived(tx, transfer, image) : copyArrived(tx, transfer, image);
}

async function copyArrived(tx: EntityManager, { subjectId }: StoreTransfer, image: StoredImage): Promise<boolean> {
  const copy = await tx.findOneBy(TemplateCopy, { id: subjectId });
  if (!copy || !templateCopyLifecycle.can(copy.state, 'fetched')) return false;
  const template = await tx.findOneByOrFail(Template, { id: copy.templateId });
  if (template.sha256 !== '' && template.sha256 !== image.sha256)
    throw problem(
      'conflict',
      `the file is another one than that in the other zones (SHA-256 ${image.sha256} instead of ${template.sha256})`,
    );
  await transition(tx, TemplateCopy, copy, templateCopyLifecycle, 'fetched', { percent: 100, error: '' });
  const { virtualSizeBytes, fileBytes: physicalSizeBytes, sha256 } = image;
  await tx.update(Template, { id: copy.templateId }, { virtualSizeBytes, physicalSizeBytes, sha256 });
  return true;
}

async function volumeArrived(tx: EntityManager, { subjectId }: StoreTransfer, { virtualSizeBytes }: StoredImage): Promise<boolean> {
  const moved = await transitionAll(tx, Volume, { id: subjectId }, volumeLifecycle, 'uploaded', { sizeBytes: virtualSizeBytes, error: '' });
  return moved === 1;
}

/** It will not come any more: the thing stays, and says why. */
export async function failed(tx: EntityManager, transfer: StoreTransfer, reason: string, isAbandoned = false): Promise<void> {
  await tx.delete(StoreTransfer, { id: transfer.id });
  const error = reason.slice(0, maxError);
  if (transfer.subjectType === 'Volume')
    await transitionAll(tx, Volume, { id: transfer.subjectId }, volumeLifecycle, isAbandoned ? 'uploadAbandoned' : 'uploadFailed', {
      error,
    });
  else await transitionAll(tx, TemplateCopy, { id: transfer.subjectId }, templateCopyLifecycle, 'fetchFailed', { error });
}

export interface Progress {
  readonly systemVmId: number;
  readonly bytesDone: number;
  readonly bytesTotal: number | null;
  readonly bytesPerSecond: number;
  readonly waiting: string;
  /** Whether all bytes have come. */
  readonly isInstalling: boolean;
}

export async function progressed(tx: EntityManager, transfer: StoreTransfer, { isInstalling, ...progress }: Progress): Promise<void> {
  await tx.update(StoreTransfer, { id: transfer.id }, { ...progress, waiting: progress.waiting.slice(0, maxError) });
  const { subjectId } = transfer;
  if (transfer.subjectType === 'Volume') {
    if (transfer.kind === 'upload') await transitionAll(tx, Volume, { id: subjectId }, volumeLifecycle, 'uploadBegan');
    return;
  }
  const percent = isInstalling ? 100 : percentOf(progress);
  await transitionAll(tx, TemplateCopy, { id: subjectId, state: 'Allocated' }, templateCopyLifecycle, 'fetchRequested');
  await tx.update(TemplateCopy, { id: subjectId, state: 'Creating' }, { percent });
}

/** Below 100 until it is installed. */
function percentOf({ bytesDone, bytesTotal }: Pick<Progress, 'bytesDone' | 'bytesTotal'>): number {
  return bytesTotal === null || bytesTotal <= 0 ? 0 : Math.min(99, Math.floor((bytesDone / bytesTotal) * 100));
}
