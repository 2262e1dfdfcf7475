/** Replaced by the build: the version of Python. */
declare const PYTHON_VERSION: string;
