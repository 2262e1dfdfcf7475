/* The frozen modules: Python code that is available before files can be imported. The package wasmforge-runtime has
   them in a file, so changing them needs no link. */
#ifndef WASMFORGE_FROZEN_H
#define WASMFORGE_FROZEN_H

#include <Python.h>

/* Read the file (written by py/freeze.py) and make Python find its modules first. Call this before Python starts; the
   memory stays allocated. */
PyStatus wf_frozen_read(const char *prefix);

#endif
