// What secondary-storage machines bring into image stores and hand out of them.
import { area } from '../../kernel/area.ts';
import { StoreLink, StoreTransfer } from './store-transfer.entity.ts';

export const storeTransferArea = area({
  name: 'store-transfer',
  entities: [StoreTransfer, StoreLink],
});
