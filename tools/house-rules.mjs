// Lint rules of this house that no ready-made rule knows.

/** Each file says in its first line what lives in it. */
const opensWithPurpose = {
  meta: { type: 'suggestion', messages: { missing: 'Open the file with one comment line that says what lives here.' } },
  create(context) {
    return {
      Program(node) {
        const text = context.sourceCode.getText().replace(/^#!.*\n/, '');
        if (!/^(\/\/ \S|\/\*\*? \S)/.test(text)) context.report({ node, messageId: 'missing' });
      },
    };
  },
};

/** Names that say nothing about what a thing does. */
const noEmptyNames = {
  meta: { type: 'suggestion', messages: { empty: 'Name it after what it does: no Manager, Helper or Utils.' } },
  create(context) {
    const check = (node) => {
      if (node.id && /(Manager|Helper|Utils?)s?$/.test(node.id.name)) context.report({ node: node.id, messageId: 'empty' });
    };
    return {
      ClassDeclaration: check,
      FunctionDeclaration: check,
      TSInterfaceDeclaration: check,
      TSTypeAliasDeclaration: check,
      Program(node) {
        if (/(^|[-./])(manager|helper|util)s?\.(m?ts|mjs|js)$/.test(context.filename)) context.report({ node, messageId: 'empty' });
      },
    };
  },
};

/** The domain is pure: randomness is passed in. */
const noRandomness = {
  meta: { type: 'problem', messages: { random: 'Pass randomness in: the domain gives the same answer to the same question.' } },
  create(context) {
    return {
      MemberExpression(node) {
        if (node.object.name === 'Math' && node.property.name === 'random') context.report({ node, messageId: 'random' });
      },
    };
  },
};

export default {
  meta: { name: 'house' },
  rules: { 'opens-with-purpose': opensWithPurpose, 'no-empty-names': noEmptyNames, 'no-randomness': noRandomness },
};
