// What secondary-storage machines bring into image stores and hand out of them.
import { area, presenter } from '../../kernel/area.ts';
import {
  allowedInternalSites,
  linkLifetimeSeconds,
  maxVolumeGib,
  storageDomain,
  storageTls,
  uploadWindowMinutes,
} from './store-transfer.settings.ts';
import { storeLinkSource, storeLinkView } from './store-link.view.ts';
import { templateDownloadReconciler } from './template-download.reconciler.ts';
import { StoreLink, StoreTransfer } from './store-transfer.entity.ts';

export const storeTransferArea = area({
  name: 'store-transfer',
  presenters: [presenter('StoreLink', storeLinkView, storeLinkSource)],
  reconcilers: [templateDownloadReconciler],
  entities: [StoreTransfer, StoreLink],
  settings: [storageTls, storageDomain, allowedInternalSites, linkLifetimeSeconds, uploadWindowMinutes, maxVolumeGib],
});
