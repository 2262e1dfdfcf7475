/* The frozen modules: Python code that is there before files can be imported. It comes in a file of the package
   wasmforge-runtime, so that a change of it needs no link. */
#ifndef WASMFORGE_FROZEN_H
#define WASMFORGE_FROZEN_H

#include <Python.h>

/* Read the file (written by py/freeze.py) and make its modules those that Python finds first. Called before Python
   starts; the memory stays allocated. */
PyStatus wf_frozen_read(const char *prefix);

#endif
