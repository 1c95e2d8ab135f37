// OS types and their families.
import { area } from '../../kernel/area.ts';
import { resource, sharedByAll } from '../../kernel/command/resource.ts';
import { GuestOsCategory } from './guest-os-category.entity.ts';
import { GuestOsType } from './guest-os-type.entity.ts';
import { listOsCategories } from './list-os-categories.command.ts';
import { listOsTypes } from './list-os-types.command.ts';

export const guestOsArea = area({
  name: 'guest-os',
  commands: [listOsCategories, listOsTypes],
  resources: [
    resource(GuestOsType, { noun: 'OS type', type: 'GuestOs', may: sharedByAll }),
    resource(GuestOsCategory, { noun: 'OS category', type: 'GuestOsCategory', may: sharedByAll }),
  ],
  entities: [GuestOsType, GuestOsCategory],
});
