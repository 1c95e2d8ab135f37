// listOsCategories
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { GuestOsCategory } from './guest-os-category.entity.ts';
import { guestOsCategorySource, guestOsCategoryView } from './guest-os.view.ts';

export const listOsCategories = listCommand({
  name: 'listOsCategories',
  about: 'Lists OS families.',
  roles: everyRole,
  since: '1.0',
  params: {
    id: param.ref(GuestOsCategory, { access: 'see', about: 'only this family' }),
    name: param.string({ about: 'only the family of this name' }),
    isfeatured: param.boolean({ about: 'only families that are shown first, or only the others' }),
  },
  source: guestOsCategorySource,
  returns: guestOsCategoryView,
  keyword: ['c.name'],
  where(args, where) {
    where.equals('c.id', args.id?.id).equals('c.name', args.name).equals('c.is_featured', args.isfeatured);
  },
});
