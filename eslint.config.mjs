// What ESLint checks in the JavaScript, beyond the types that tsc checks.
import js from "@eslint/js";
import globals from "globals";

// Constants that a package's build or the bundler writes into a file.
const WRITTEN_BY_BUILDS = ["EXCLUDED", "FILES", "NAME", "PYTHON_VERSION", "SOLVER_FILE", "WORKER_FILE", "WRITING_FILE"];

export default [
  // A change to these files would rebuild the libraries' packages.
  { ignores: ["build/", "recipes/", "emscripten-forge/channel/", "emscripten-forge/toolchain/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: {
      globals: {
        ...globals.browser,
        ...globals.serviceworker,
        ...globals.node,
        ...Object.fromEntries(WRITTEN_BY_BUILDS.map((name) => [name, "readonly"])),
      },
    },
    rules: {
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    // Emscripten's linker puts these functions into its own module, whose names ESLint does not know.
    files: ["emscripten-forge/runtime/js/glue/**"],
    rules: { "no-undef": "off", "no-unused-vars": "off" },
  },
];
