import js from "@eslint/js";
import { configs as lit } from "eslint-plugin-lit";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["node_modules/", "*.mjs", "*.config.js"] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  lit["flat/recommended"],
  {
    languageOptions: {
      parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "max-lines": ["error", 200],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Lit binds listeners to their component by itself.
      "@typescript-eslint/unbound-method": "off",
      // uPlot's enums are declared const: there is nothing to import.
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
);
