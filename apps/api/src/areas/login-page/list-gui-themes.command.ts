// listGuiThemes
import { command, listOf } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';

const guiThemeView = view<{ uuid: string; name: string }>('guitheme', {
  id: field.string('the id of the theme', (row) => row.uuid),
  name: field.string('the name of the theme', (row) => row.name),
});

/** The login page of other consoles asks before it draws anything; themes are no part of this server. */
export const listGuiThemes = command({
  name: 'listGuiThemes',
  about: 'Lists themes of the console: this server keeps none.',
  roles: 'anyone',
  since: '1.0',
  params: {
    commonname: param.string({ about: 'only themes for this host name' }),
    listonlydefaulttheme: param.boolean({ about: 'only the default theme' }),
  },
  returns: listOf(guiThemeView),
  execute: () => Promise.resolve([]),
});
