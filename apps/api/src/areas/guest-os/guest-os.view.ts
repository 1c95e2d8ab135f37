// OS types and their families as answers show them.
import { source } from '../../kernel/command/source.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';

export interface GuestOsTypeRow {
  id: number;
  uuid: string;
  name: string;
  forDisplay: Flag;
  categoryUuid: string;
  categoryName: string;
}

export const guestOsTypeSource = source<GuestOsTypeRow>({
  from: 'guest_os_type t',
  joins: ['JOIN guest_os_category c ON c.id = t.category_id'],
  columns: { id: 't.id', uuid: 't.uuid', name: 't.name', forDisplay: 't.for_display', categoryUuid: 'c.uuid', categoryName: 'c.name' },
});

export const guestOsTypeView = view<GuestOsTypeRow>('ostype', {
  id: field.string('the id of the OS type', (row) => row.uuid),
  name: field.string('its name', (row) => row.name),
  description: field.string('its name', (row) => row.name),
  oscategoryid: field.string('its family', (row) => row.categoryUuid),
  oscategoryname: field.string('the name of its family', (row) => row.categoryName),
  fordisplay: field.boolean('whether users see it', (row) => row.forDisplay),
  isuserdefined: field.boolean('whether it was added to those that came with the product', () => false),
});

export interface GuestOsCategoryRow {
  id: number;
  uuid: string;
  name: string;
  isFeatured: Flag;
  created: Date;
}

export const guestOsCategorySource = source<GuestOsCategoryRow>({
  from: 'guest_os_category c',
  columns: { id: 'c.id', uuid: 'c.uuid', name: 'c.name', isFeatured: 'c.is_featured', created: 'c.created' },
  orderBy: 'c.sort_key, c.id',
});

export const guestOsCategoryView = view<GuestOsCategoryRow>('oscategory', {
  id: field.string('the id of the family', (row) => row.uuid),
  name: field.string('its name', (row) => row.name),
  isfeatured: field.boolean('whether it is shown first', (row) => row.isFeatured),
  created: field.date('when it was added', (row) => row.created),
});
