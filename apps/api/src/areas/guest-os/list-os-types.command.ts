// listOsTypes
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { GuestOsCategory } from './guest-os-category.entity.ts';
import { GuestOsType } from './guest-os-type.entity.ts';
import { guestOsTypeSource, guestOsTypeView } from './guest-os.view.ts';

export const listOsTypes = listCommand({
  name: 'listOsTypes',
  about: 'Lists the OS types that templates and machines can be of.',
  roles: everyRole,
  since: '1.0',
  params: {
    id: param.ref(GuestOsType, { access: 'see', about: 'only this OS type' }),
    ids: param.refs(GuestOsType, { access: 'see', about: 'only these OS types' }),
    oscategoryid: param.ref(GuestOsCategory, { access: 'see', about: 'only OS types of this family' }),
    description: param.string({ about: 'only the OS type of this name' }),
    fordisplay: param.boolean({ roles: ['Admin'], about: 'only OS types that users see, or only the others' }),
  },
  source: guestOsTypeSource,
  returns: guestOsTypeView,
  keyword: ['t.name'],
  where(args, where, { caller }) {
    where
      .equals('t.id', args.id?.id)
      .in(
        't.id',
        args.ids?.map(({ id }) => id),
      )
      .equals('t.category_id', args.oscategoryid?.id)
      .equals('t.name', args.description)
      .equals('t.for_display', args.fordisplay);
    if (caller.role !== 'Admin') where.and('t.for_display');
  },
});
