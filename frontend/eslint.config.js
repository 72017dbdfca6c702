import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y-x";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

/** The walls: app → features → {api, ui, lib}, and never from one feature into another. */
const wall = (...patterns) => ({
  "no-restricted-imports": ["error", { patterns: patterns.map(([group, message]) => ({ group: [group], message })) }],
});
const noFeatures = ["**/features/**", "Features are composed in app, never imported from below or beside."];
const noApp = ["**/app/**", "Nothing below app may know app."];
const features = ["session", "timeline", "viewer", "upload", "trash"];

const readonly = (...names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

export default ts.config(
  { ignores: ["dist", "src/api/schema.gen.ts"] },
  js.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [ts.configs.strictTypeChecked, a11y.configs.strict, hooks.configs.flat.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/only-throw-error": ["error", { allow: [{ from: "package", package: "@tanstack/router-core", name: "Redirect" }] }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  { files: ["src/features/**"], rules: wall(noApp) },
  // Reaching into another feature has to name it: "../<feature>/…".
  ...features.map((own) => ({
    files: [`src/features/${own}/**`],
    rules: wall(noApp, ...features.filter((other) => other !== own).map((other) => [`**/${other}/**`, noFeatures[1]])),
  })),
  { files: ["src/api/**"], rules: wall(noApp, noFeatures, ["**/ui/**", "api knows no components."]) },
  { files: ["src/ui/**"], rules: wall(noApp, noFeatures, ["**/api/**", "ui knows no server."]) },
  { files: ["src/lib/**"], rules: wall(noApp, noFeatures, ["**/api/**", "lib knows nobody."], ["**/ui/**", "lib knows nobody."]) },
  { files: ["**/*.{js,mjs}"], languageOptions: { globals: readonly("Buffer", "URL", "console", "document", "navigator", "fetch", "innerHeight", "localStorage", "process", "requestAnimationFrame", "scrollTo", "scrollY", "setTimeout") } },
);
