// KF_VECTOR_CLONES before a function: one machine code for each vector width that a CPU may have,
// chosen when the program is loaded. Sanitizers start too late for that choice, so they get the
// plain version.
#pragma once

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define KF_VECTOR_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KF_VECTOR_CLONES
#endif
