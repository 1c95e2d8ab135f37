// getUser
import { command } from '../../kernel/command/command.ts';
import { noSuchEntity, param } from '../../kernel/command/param.ts';
import { selectRows, Where } from '../../kernel/command/source.ts';
import { userSource, userView } from './user.view.ts';

export const getUser = command({
  name: 'getUser',
  about: 'Finds the user who has an API key.',
  roles: ['Admin'],
  since: '1.0',
  params: { userapikey: param.string({ required: true, about: 'the API key' }) },
  returns: userView,
  async execute({ userapikey }, ctx) {
    const [user] = await selectRows(userSource, ctx.tx, new Where().equals('u.api_key', userapikey));
    if (!user) throw noSuchEntity('userapikey', userapikey);
    return user;
  },
});
