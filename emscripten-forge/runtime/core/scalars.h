/* The types of jsnull and of bigints. */
#ifndef WASMFORGE_SCALARS_H
#define WASMFORGE_SCALARS_H

/* Make wf_jsnull and wf_jsbigint_type (jsproxy.h). Return 0, or -1 with an exception set. */
int wf_scalars_start(void);

#endif
