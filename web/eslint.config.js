import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import hooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

// Accessibility is checked where it can be seen: axe looks at every page in e2e/.
export default defineConfig(
  { ignores: ['dist', 'coverage', 'src/api/generated', 'e2e/results', 'small'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  hooks.configs.flat['recommended-latest'],
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js'] } } },
    rules: {
      'max-lines': ['error', 400],
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'What models and people wrote is text: it is never read as HTML.',
        },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Nothing here is compiled by React's compiler.
      'react-hooks/incompatible-library': 'off',
      // `navigate` and `invalidateQueries` report their failures by themselves.
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Components take props by their names; a type alias keeps unions possible.
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  // A fixture's `use` is none of React's.
  { files: ['e2e/**'], rules: { 'react-hooks/rules-of-hooks': 'off' } },
)
