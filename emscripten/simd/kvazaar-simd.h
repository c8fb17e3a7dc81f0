// What the kernels for Kvazaar share: they are entered among its strategies, and go before all others.
#ifndef EVERYCODEC_KVAZAAR_SIMD_H
#define EVERYCODEC_KVAZAAR_SIMD_H

#include "global.h"
#include "strategyselector.h"

// Kvazaar's is no promise to inline.
#undef INLINE
#include "transpose.h"

// Kvazaar's own reach 40.
#define KERNEL_PRIORITY 50

#define register_kernel(opaque, type, function)                                                                      \
  kvz_strategyselector_register(opaque, type, "simd128", KERNEL_PRIORITY, (void *)(function))

#endif
